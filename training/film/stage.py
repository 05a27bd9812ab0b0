"""The stage: scene settings, cameras of known intrinsics, lights, the green screen, and rendering to layered EXR.

A frame that is rendered here holds, in one OpenEXR file of 16-bit floats, scene-linear BT.709:

- `beauty.Combined.RGBA`: the picture, denoised; colour premultiplied, alpha the share of each pixel that is covered;
- `beauty.Depth.Z`: metres along the view axis to the nearest thing seen (65504 where there is none);
- `matte.Combined.R`: the coverage alone, rendered with its own, larger number of samples and no light at all.
"""

import math
from dataclasses import dataclass, replace
from pathlib import Path

import bpy
import forest
import numpy as np
from materials import Nodes, plain
from mathutils import Vector

SENSOR = 36.0
"""Width of the cameras' sensor, millimetres."""


@dataclass(frozen=True)
class Camera:
    """A pinhole camera with a lens in front: metres and millimetres, x right, y into the depth, z up."""

    place: tuple[float, float, float]
    target: tuple[float, float, float]
    lens: float
    fstop: float | None = None
    """None: everything is sharp."""
    focus: float | None = None
    """Metres to the plane in focus; as far as the target when None."""

    def intrinsics(self, width: int, height: int) -> np.ndarray:
        """The camera's matrix K (3, 3), in pixels; pixel (0, 0) covers 0 to 1 in x and y, y grows downwards.

        >>> Camera((0, 0, 0), (0, 1, 0), 36.0).intrinsics(960, 540).tolist()
        [[960.0, 0.0, 480.0], [0.0, 960.0, 270.0], [0.0, 0.0, 1.0]]
        """
        focal = self.lens / SENSOR * width
        return np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1.0]])

    def extrinsics(self) -> np.ndarray:
        """The matrix [R t] (3, 4) from metres on the set to the camera's x right, y down, z forwards."""
        forward = np.subtract(self.target, self.place) / math.dist(self.target, self.place)
        right = np.cross(forward, (0, 0, 1.0))
        right /= np.linalg.norm(right)
        turn = np.stack([right, -np.cross(right, forward), forward])
        return np.column_stack([turn, -turn @ self.place])


def between(first: Camera, last: Camera, share: float) -> Camera:
    """The camera on its way from *first* (0) to *last* (1), slow at both ends."""
    ease = share * share * (3 - 2 * share)
    place, target = (
        tuple(float(a + ease * (b - a)) for a, b in zip(start, end, strict=True))
        for start, end in ((first.place, last.place), (first.target, last.target))
    )
    return replace(first, place=place, target=target, lens=first.lens + ease * (last.lens - first.lens))


def clear(threads: int = 2) -> bpy.types.Scene:
    """An empty scene, set to render with Cycles on the CPU."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    cycles = scene.cycles
    cycles.use_denoising, cycles.denoiser = True, "OPENIMAGEDENOISE"
    cycles.denoising_input_passes, cycles.denoising_prefilter = "RGB_ALBEDO_NORMAL", "FAST"
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 4, 2, 2
    cycles.transmission_bounces, cycles.transparent_max_bounces = 4, 8
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.use_adaptive_sampling, cycles.sample_clamp_indirect = False, 4.0
    cycles.use_light_tree = False  # a handful of lamps: choosing among them by tree costs a fifth of the time
    scene.render.threads_mode, scene.render.threads = "FIXED", threads
    scene.render.use_persistent_data = True
    return scene


def aim(camera: Camera) -> bpy.types.Object:
    """Look through *camera*."""
    scene = bpy.context.scene
    if scene.camera is None:
        scene.camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
        scene.collection.objects.link(scene.camera)
    thing, lens = scene.camera, scene.camera.data
    thing.location = camera.place
    thing.rotation_euler = (Vector(camera.target) - Vector(camera.place)).to_track_quat("-Z", "Y").to_euler()
    lens.lens, lens.sensor_width, lens.clip_start = camera.lens, SENSOR, 0.05
    lens.dof.use_dof = camera.fstop is not None
    if camera.fstop is not None:
        lens.dof.aperture_fstop, lens.dof.aperture_blades = camera.fstop, 0
        lens.dof.focus_distance = camera.focus or math.dist(camera.place, camera.target)
    return thing


# Light


def area(place, target, size: float, watts: float, colour=(1.0, 1.0, 1.0)) -> bpy.types.Object:
    """A soft box at *place* that shines on *target*."""
    lamp = bpy.data.lights.new("area", "AREA")
    lamp.size, lamp.energy, lamp.color = size, watts, colour
    thing = bpy.data.objects.new("area", lamp)
    thing.location = place
    thing.rotation_euler = (Vector(target) - Vector(place)).to_track_quat("-Z", "Y").to_euler()
    thing.visible_camera = False
    bpy.context.scene.collection.objects.link(thing)
    return thing


def world(colour, strength: float) -> None:
    """The same light from everywhere."""
    made = bpy.data.worlds.new("world")
    bpy.context.scene.world = made
    made.use_nodes = True
    background = made.node_tree.nodes["Background"]
    background.inputs[0].default_value, background.inputs[1].default_value = (*colour, 1), strength


def card(place, turn, size: float, material, camera: bool = False) -> bpy.types.Object:
    """A square *size* metres wide; the camera sees it or only its light."""
    made = bpy.data.meshes.new("card")
    half = size / 2
    made.from_pydata(
        [(-half, -half, 0), (half, -half, 0), (half, half, 0), (-half, half, 0)], [], [(0, 1, 2, 3)]
    )
    made.materials.append(material)
    thing = bpy.data.objects.new("card", made)
    thing.location, thing.rotation_euler = place, turn
    thing.visible_camera = camera
    bpy.context.scene.collection.objects.link(thing)
    return thing


def forest_light(at, key: float = -1.0) -> None:
    """The forest's light on an actor whose eyes are *at*, without the forest.

    The low sun behind (rim), the cool sky, the snow's bounce from below, and a warm key: the sun's light thrown back by
    a reflector at camera left (*key* -1) or right (1).
    """
    x, y, z = at
    forest.sun()
    bpy.data.lights["sun"].energy = 3.4
    world(forest.SKY, 0.34)
    card((x, y, 0), (0, 0, 0), 12.0, plain("snow bounce", (0.80, 0.84, 0.90), 0.9))
    area((x + 1.45 * key, y - 0.85, z + 0.6), at, 0.35, 44.0, (1.0, 0.80, 0.60))
    area((x - 1.5 * key, y - 1.2, z + 0.1), at, 1.4, 3.0, (0.72, 0.84, 1.0))
    area((x - 0.9 * key, y + 1.2, z + 0.6), at, 0.6, 14.0, (0.78, 0.88, 1.0))


def studio_light(at) -> None:
    """Key, fill and two rims: portraits and green-screen takes."""
    x, y, z = at
    world((0.05, 0.055, 0.065), 0.6)
    area((x - 0.95, y - 1.15, z + 0.65), at, 0.7, 44.0, (1.0, 0.93, 0.84))
    area((x + 1.3, y - 1.2, z + 0.05), at, 1.4, 12.0, (0.82, 0.90, 1.0))
    area((x + 0.75, y + 1.25, z + 0.8), at, 0.5, 26.0, (0.80, 0.88, 1.0))
    area((x - 1.0, y + 1.1, z + 0.5), at, 0.5, 16.0, (0.80, 0.88, 1.0))


def green_screen(at, colour: tuple[float, float, float], spill: float = 2.2) -> None:
    """A lit green screen 1.4 m behind, and the green floor: the camera does not see them, hair and coat do.

    colour: scene-linear. spill: how much brighter than that they light the actor: close behind, a bright wall.
    """
    x, y, z = at
    made = Nodes("green screen").surface("Emission", Color=colour, Strength=spill)
    card((x, y + 1.4, z - 0.2), (math.radians(90), 0, 0), 3.6, made)
    card((x, y + 0.2, z - 1.2), (0, 0, 0), 3.2, made)


# Rendering


def layers(samples: int, matte_samples: int) -> None:
    """Two layers of one picture: the beauty, and the matte, in which every surface is only there or not."""
    scene = bpy.context.scene
    scene.render.film_transparent = True
    beauty = scene.view_layers[0]
    beauty.name, beauty.samples = "beauty", samples
    beauty.use_pass_combined = beauty.use_pass_z = True
    if matte_samples:
        matte = scene.view_layers.new("matte")
        matte.samples, matte.use_pass_combined, matte.cycles.use_denoising = matte_samples, True, False
        there = Nodes("there").surface("Emission", Color=(1, 1, 1), Strength=1.0)
        there.cycles.emission_sampling = "NONE"  # else every strand of hair becomes a lamp to sample: thrice the time
        matte.material_override = there


def border(left: float, top: float, right: float, bottom: float) -> None:
    """Render only this part of the picture: shares of its width and height, from the top left corner."""
    render = bpy.context.scene.render
    render.use_border, render.use_crop_to_border = True, False
    render.border_min_x, render.border_max_x = left, right
    render.border_min_y, render.border_max_y = 1 - bottom, 1 - top


def render(path: Path, width: int, height: int, seed: int = 0) -> None:
    """Render the layers into *path*, an EXR; written whole or not at all, so that a stopped run goes on where it was."""
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = (
        width,
        height,
        100,
    )
    scene.cycles.seed = seed
    image = scene.render.image_settings
    image.media_type = "MULTI_LAYER_IMAGE"
    image.file_format, image.color_depth, image.exr_codec = "OPEN_EXR_MULTILAYER", "16", "ZIP"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}")
    scene.render.filepath = str(draft)
    bpy.ops.render.render(write_still=True)
    draft.replace(path)
