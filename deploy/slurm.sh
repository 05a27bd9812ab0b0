#!/usr/bin/env bash
# Grades an assignment on a job queue (Slurm), from the course's folder:
#     sbatch /path/to/deploy/slurm.sh ps1
#SBATCH --job-name=hallyu-grade
#SBATCH --ntasks=8
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=4G
#SBATCH --time=04:00:00
#SBATCH --requeue
set -euo pipefail
assignment=${1:?name the assignment, for example: sbatch slurm.sh ps1}

# In a folder that every node sees. Whoever reaches a Dask scheduler can run code on its workers, and other people share the
# cluster's network: so both sides show a certificate that is made for this job and known to its owner only.
umask 077
meet=$(mktemp -d "$PWD/.hallyu-job.XXXXXX")
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$meet"' EXIT
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=hallyu \
  -keyout "$meet/key.pem" -out "$meet/certificate.pem" 2>/dev/null
export DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION=True
export DASK_DISTRIBUTED__COMM__TLS__CA_FILE=$meet/certificate.pem
for who in SCHEDULER WORKER CLIENT; do
  export "DASK_DISTRIBUTED__COMM__TLS__${who}__CERT=$meet/certificate.pem"
  export "DASK_DISTRIBUTED__COMM__TLS__${who}__KEY=$meet/key.pem"
done

dask scheduler --protocol tls --port 0 --no-dashboard --scheduler-file "$meet/scheduler.json" &
srun dask worker --protocol tls --scheduler-file "$meet/scheduler.json" --nworkers 1 --nthreads 1 &
until [ -s "$meet/scheduler.json" ]; do sleep 1; done
address=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["address"])' "$meet/scheduler.json")
hallyu grade "$assignment" --scheduler "$address" --feedback
