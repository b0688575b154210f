"""Asks a running server for pictures by webuiapi; fails at the first answer that is wrong."""

import sys
import threading
import time

import webuiapi
from PIL import Image, ImageChops, ImageDraw

SMALL = {"width": 64, "height": 64, "steps": 4}


def listings(api):
    assert [lora["name"] for lora in api.get_loras()] == ["fast", "glossy"]
    assert "Euler a" in api.util_get_sampler_names()
    assert "karras" in api.util_get_scheduler_names()
    assert api.util_get_model_names() == [api.util_get_current_model()]
    api.util_set_model("emoji")
    assert api.get_scripts() == {"txt2img": [], "img2img": []}
    for name in ("upscalers", "hypernetworks", "face_restorers", "realesrgan_models", "prompt_styles", "sd_vae"):
        assert getattr(api, "get_" + name)() == [], name
    for name in ("options", "cmd_flags", "embeddings", "memory"):
        assert isinstance(getattr(api, "get_" + name)(), dict), name
    api.refresh_checkpoints()


def pictures(api):
    made = api.txt2img(prompt="a fox <lora:glossy:0.7>", seed=5, batch_size=2, **SMALL)
    assert made.info["all_seeds"] == [5, 6] and len(made.images) == 2
    told = api.png_info(made.image)
    assert told.info == made.info["infotexts"][0] == made.image.info["parameters"]
    again = api.img2img(images=[made.image], prompt="a cat", seed=6, denoising_strength=0.8, **SMALL)
    assert again.image.size == (64, 64)
    mask = Image.new("L", (64, 64), 0)
    ImageDraw.Draw(mask).rectangle((24, 24, 40, 40), fill=255)
    part = api.img2img(images=[made.image], mask_image=mask, prompt="a cat", seed=6, **SMALL)
    change = ImageChops.difference(part.image.convert("RGB"), made.image.convert("RGB")).getbbox()
    assert change and change[0] > 2 and change[2] < 62, change
    large = api.img2img(
        images=[made.image.resize((200, 100))], mask_image=mask.resize((200, 100)), prompt="a cat",
        inpaint_full_res_padding=8, **SMALL)
    assert large.image.size == (200, 100)


def interrupted(api):
    answers = []

    def work():
        answers.append(api.txt2img(prompt="a fox", n_iter=3, **{**SMALL, "steps": 1000}))

    thread = threading.Thread(target=work)
    thread.start()
    while api.get_progress()["state"]["sampling_step"] < 2:
        time.sleep(0.05)
    api.interrupt()
    thread.join()
    assert answers[0].images == []
    api.util_wait_for_ready(check_interval=0.1)


def main():
    api = webuiapi.WebUIApi(host="127.0.0.1", port=int(sys.argv[1]))
    api.util_wait_for_ready(check_interval=0.1)
    listings(api)
    pictures(api)
    interrupted(api)


main()
