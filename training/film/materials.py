"""Blender materials of the actors: skin, eyes, teeth, hair, cloth. Colours are scene-linear BT.709."""

import bpy

Colour = tuple[float, float, float]


class Nodes:
    """One material and short ways to add nodes to it; a value may be a number, a colour or another node's output."""

    def __init__(self, name: str) -> None:
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self._tree = self.material.node_tree
        self._tree.nodes.clear()
        self._output = self._tree.nodes.new("ShaderNodeOutputMaterial")

    def add(self, kind: str, inputs: dict | None = None, **settings) -> bpy.types.Node:
        """A node of this kind, its inputs and settings set."""
        node = self._tree.nodes.new("ShaderNode" + kind)
        for name, value in settings.items():
            setattr(node, name, value)
        for name, value in (inputs or {}).items():
            self.set(node.inputs[name], value)
        return node

    def set(self, socket: bpy.types.NodeSocket, value) -> None:
        """Connect or set an input."""
        if isinstance(value, bpy.types.NodeSocket):
            self._tree.links.new(value, socket)
        elif socket.type == "RGBA" and len(value) == 3:
            socket.default_value = (*value, 1)
        else:
            socket.default_value = value

    def attribute(self, name: str, output: str = "Fac") -> bpy.types.NodeSocket:
        """A named attribute of the mesh or the strands."""
        return self.add("Attribute", attribute_name=name).outputs[output]

    def math(self, operation: str, a, b=0.0, c=0.0, clamp: bool = False) -> bpy.types.NodeSocket:
        """One operation on numbers."""
        return self.add("Math", {0: a, 1: b, 2: c}, operation=operation, use_clamp=clamp).outputs[0]

    def mix(self, share, a, b, blend: str = "MIX") -> bpy.types.NodeSocket:
        """Two colours mixed by *share*."""
        node = self.add("Mix", data_type="RGBA", blend_type=blend)
        for socket, value in ((0, share), (6, a), (7, b)):
            self.set(node.inputs[socket], value)
        return node.outputs[2]

    def noise(self, place, scale: float, detail: float = 3, rough: float = 0.5, twist: float = 0):
        """Perlin noise, 0 to 1."""
        inputs = {"Vector": place, "Scale": scale, "Detail": detail, "Roughness": rough, "Distortion": twist}
        return self.add("TexNoise", inputs).outputs[0]

    def ramp(self, share, stops: list[tuple[float, float]]) -> bpy.types.NodeSocket:
        """Grey levels over 0 to 1: (place, level)."""
        node = self.add("ValToRGB", {0: share})
        elements = node.color_ramp.elements
        while len(elements) < len(stops):
            elements.new(0.5)
        for element, (place, level) in zip(elements, stops, strict=True):
            element.position, element.color = place, (level, level, level, 1)
        return node.outputs[0]

    def bumped(self, height, strength, distance: float, normal=None) -> bpy.types.NodeSocket:
        """A normal tilted as by a surface of this height, *distance* metres at 1."""
        node = self.add("Bump", {"Height": height, "Strength": strength, "Distance": distance})
        if normal is not None:
            self.set(node.inputs["Normal"], normal)
        return node.outputs[0]

    def surface(self, kind: str = "BsdfPrincipled", **inputs) -> bpy.types.Material:
        """The finished material. inputs: the shader's sockets, with _ for a space."""
        shader = self.add(kind, {name.replace("_", " "): value for name, value in inputs.items()})
        self._tree.links.new(shader.outputs[0], self._output.inputs[0])
        return self.material


def skin() -> bpy.types.Material:
    """Skin painted in the attribute "colour", with pores, mottling and fine creases by the attribute "fine"."""
    n = Nodes("skin")
    place, gloss, fine = n.attribute("canonical", "Vector"), n.attribute("gloss"), n.attribute("fine")
    wide, narrow = n.noise(place, 9, 4), n.noise(place, 55, 3)
    vary = n.math(
        "ADD", n.math("MULTIPLY_ADD", wide, 0.34, -0.17), n.math("MULTIPLY_ADD", narrow, 0.36, -0.18)
    )
    # Blood varies green most: mottling is red and pale, not dark and light.
    factors = {i: n.math("MULTIPLY_ADD", vary, amount, 1.0) for i, amount in enumerate((0.5, 1.0, 1.15))}
    colour = n.mix(1.0, n.attribute("colour", "Color"), n.add("CombineXYZ", factors).outputs[0], "MULTIPLY")
    pores = n.add("TexVoronoi", {"Vector": place, "Scale": 115.0}).outputs["Distance"]
    lines = n.add("Mapping", {"Vector": place, "Scale": (55, 150, 60)}).outputs[0]
    normal = n.bumped(pores, 0.3, 0.0008)
    normal = n.bumped(n.noise(place, 70, 5, 0.65), 0.2, 0.001, normal)
    normal = n.bumped(n.noise(lines, 1, 4, 0.6, 0.6), n.math("MULTIPLY_ADD", fine, 0.75, 0.1), 0.0013, normal)
    roughness = n.math(
        "ADD", n.math("MULTIPLY_ADD", gloss, -0.17, 0.5), n.math("MULTIPLY_ADD", narrow, 0.15, -0.07)
    )
    return n.surface(
        Base_Color=colour,
        Roughness=roughness,
        Subsurface_Weight=1.0,
        Subsurface_Radius=(1.0, 0.32, 0.16),
        Subsurface_Scale=0.0024,
        Specular_IOR_Level=0.36,
        Coat_Weight=n.math("MULTIPLY", gloss, 0.1),
        Coat_Roughness=0.28,
        Normal=normal,
    )


def eye(dark: Colour, light: Colour, age: float) -> bpy.types.Material:
    """An eyeball: attribute "ball" is the direction from its centre (front is z), "ring" the angle over the iris's."""
    n = Nodes("eye")
    ball, ring = n.attribute("ball", "Vector"), n.attribute("ring")
    sides = n.add("SeparateXYZ", {0: ball}).outputs
    angle = n.math("ARCTAN2", sides[1], sides[0])
    spoke = {
        0: n.math("MULTIPLY", n.math("SINE", angle), 7.0),
        1: n.math("MULTIPLY", n.math("COSINE", angle), 7.0),
        2: n.math("MULTIPLY", ring, 1.2),
    }
    fibres = n.noise(n.add("CombineXYZ", spoke).outputs[0], 2.2, 5, 0.65, 0.4)
    iris = n.mix(n.math("MULTIPLY_ADD", fibres, 1.6, -0.3, True), dark, light)
    warm = tuple(min(1, x * 1.25) for x in light)
    iris = n.mix(n.ramp(ring, [(0, 0.3), (0.45, 0.25), (0.62, 0), (1, 0)]), iris, warm)
    iris = n.mix(n.ramp(ring, [(0.74, 0), (0.98, 0.85)]), iris, (0.02, 0.013, 0.01))
    iris = n.mix(n.ramp(ring, [(0.315, 1), (0.37, 0)]), iris, (0.002, 0.002, 0.002))
    away = n.math("MULTIPLY_ADD", ring, 0.55, -0.75, True)
    vessel = n.ramp(n.noise(ball, 9, 6, 0.7, 2.2), [(0.46, 0), (0.5, 1), (0.54, 0)])
    white = (0.58 - 0.05 * age, 0.545 - 0.07 * age, 0.51 - 0.11 * age)
    sclera = n.mix(n.math("MULTIPLY", away, 0.5), white, (0.56, 0.35, 0.29))
    sclera = n.mix(
        n.math("MULTIPLY", n.math("MULTIPLY", vessel, away), 0.3 + 0.25 * age), sclera, (0.5, 0.1, 0.07)
    )
    limbus = n.ramp(n.math("MULTIPLY", ring, 0.5), [(0.475, 0), (0.54, 1)])
    colour = n.mix(limbus, iris, sclera)
    arcus = n.ramp(n.math("MULTIPLY", ring, 0.5), [(0.42, 0), (0.475, 1), (0.52, 0)])
    colour = n.mix(n.math("MULTIPLY", arcus, 0.4 * max(0, age - 0.3)), colour, (0.45, 0.45, 0.45))
    return n.surface(
        Base_Color=colour,
        Roughness=0.28,
        Specular_IOR_Level=0.3,
        Subsurface_Weight=n.math("MULTIPLY", limbus, 0.35),
        Subsurface_Radius=(1.0, 0.4, 0.3),
        Subsurface_Scale=0.002,
        Coat_Weight=1.0,
        Coat_Roughness=0.015,
        Coat_IOR=1.4,
    )


def hair() -> bpy.types.Material:
    """Strands coloured by melanin: attributes "melanin" and "redness" 0 to 1, and "grey" 0 or nearly 1."""
    n = Nodes("hair")
    grey = n.attribute("grey")
    pigment = n.math("MULTIPLY", n.attribute("melanin"), n.math("MULTIPLY_ADD", grey, -0.985, 1.0))
    redness = n.math("MULTIPLY", n.attribute("redness"), n.math("MULTIPLY_ADD", grey, -0.9, 1.0))
    shader = n.add("BsdfHairPrincipled", {}, parametrization="MELANIN")
    settings = {
        "Melanin": pigment,
        "Melanin Redness": redness,
        "Roughness": 0.32,
        "Radial Roughness": 0.45,
        "Random Roughness": 0.2,
        "Random Color": 0.12,
    }
    for name, value in settings.items():
        n.set(shader.inputs[name], value)
    n._tree.links.new(shader.outputs[0], n._output.inputs[0])
    return n.material


def cloth(name: str, dark: Colour, light: Colour, snow: float = 0.0) -> bpy.types.Material:
    """Woven wool. snow: how much lies on what faces up, 0 to 1."""
    n = Nodes(name)
    place = n.add("TexCoord").outputs["Object"]
    broad, weave, fluff = n.noise(place, 14, 4), n.noise(place, 420, 3, 0.7), n.noise(place, 1500, 2, 0.7)
    colour = n.mix(n.math("MULTIPLY_ADD", weave, 1.6, -0.3, True), dark, light)
    colour = n.mix(n.math("MULTIPLY", broad, 0.35), colour, tuple(x * 0.55 for x in dark))
    normal = n.bumped(
        n.math("ADD", n.math("MULTIPLY", weave, 0.8), n.math("MULTIPLY", fluff, 0.5)), 0.7, 0.0012
    )
    return _wool(n, colour, normal, dark, place, snow)


def knit(name: str, dark: Colour, light: Colour, snow: float = 0.0, ribs: float = 0.0) -> bpy.types.Material:
    """A knitted scarf or jersey: stitches in the texture coordinates, one to a unit along u and a column to 1/26 of v.

    ribs: how deep every other column sinks, 0 to 1.
    """
    n = Nodes(name)
    place = n.add("TexCoord").outputs["Object"]
    u, v = n.add("SeparateXYZ", {0: n.add("UVMap").outputs[0]}).outputs[:2]
    column = n.math("PINGPONG", n.math("MULTIPLY", v, 26.0), 0.5)
    stitch = n.math("PINGPONG", n.math("ADD", u, n.math("MULTIPLY", column, 0.9)), 0.5)
    height = n.math(
        "MULTIPLY",
        n.math("SINE", n.math("MULTIPLY", column, 6.283)),
        n.math("POWER", n.math("MULTIPLY", stitch, 2.0), 0.5),
    )
    if ribs:
        height = n.math("ADD", height, n.math("MULTIPLY", n.math("SINE", n.math("MULTIPLY", v, 81.68)), ribs))
    colour = n.mix(n.math("MULTIPLY_ADD", n.noise(place, 260, 3, 0.6), 1.2, -0.1, True), dark, light)
    colour = n.mix(n.math("MULTIPLY_ADD", height, -0.5, 0.5, True), colour, tuple(x * 0.45 for x in dark))
    fluff = n.math("MULTIPLY", n.noise(place, 600, 2, 0.6), 0.2)
    return _wool(n, colour, n.bumped(n.math("ADD", height, fluff), 0.7, 0.0018), dark, place, snow)


def _wool(n: Nodes, colour, normal, tint: Colour, place, snow: float) -> bpy.types.Material:
    if snow > 0:
        up = n.add("SeparateXYZ", {0: n.add("NewGeometry").outputs["Normal"]}).outputs[2]
        clumps = n.math(
            "ADD", n.noise(place, 38, 4, 0.65), n.math("MULTIPLY", n.noise(place, 230, 2, 0.6), 0.8)
        )
        lies = n.math("ADD", n.math("MULTIPLY", up, 0.9), clumps)
        colour = n.mix(n.math("MULTIPLY_ADD", lies, 5.0, -9.6 + 2.2 * snow, True), colour, (0.82, 0.86, 0.92))
    return n.surface(
        Base_Color=colour,
        Roughness=0.9,
        Specular_IOR_Level=0.15,
        Sheen_Weight=0.4,
        Sheen_Roughness=0.45,
        Sheen_Tint=(*(min(1, x * 1.8 + 0.1) for x in tint), 1),
        Normal=normal,
    )


def plain(name: str, colour: Colour, roughness: float = 0.5, **inputs) -> bpy.types.Material:
    """One colour: buttons, teeth, boots."""
    return Nodes(name).surface(Base_Color=colour, Roughness=roughness, **inputs)
