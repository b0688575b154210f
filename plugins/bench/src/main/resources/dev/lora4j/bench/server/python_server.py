"""A small server of a base and its adapters, as one writes it with diffusers or transformers and peft.

It answers the two routes of OpenAI's protocol that the benchmark asks. Adapters are loaded at the start and
chosen for each request; one request is computed at a time.
"""

import argparse
import base64
import http.server
import importlib.metadata
import io
import json
import os
import pathlib
import threading

parser = argparse.ArgumentParser()
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--kind", choices=["texts", "pictures"], required=True)
parser.add_argument("--base", required=True)
parser.add_argument("--adapters", type=pathlib.Path, required=True)
arguments = parser.parse_args()

try:
    import peft  # noqa: F401
    import torch

    if arguments.kind == "texts":
        import transformers
    else:
        import accelerate  # noqa: F401
        import diffusers
except ImportError as error:
    raise SystemExit(f"It lacks {error.name}; pip install torch diffusers peft transformers accelerate")

torch.set_num_threads(arguments.threads)
names = sorted(os.path.splitext(entry.name)[0] for entry in arguments.adapters.iterdir())


def texts():
    tokenizer = transformers.AutoTokenizer.from_pretrained(arguments.base)
    model = transformers.AutoModelForCausalLM.from_pretrained(arguments.base, dtype=torch.float32)
    model = peft.PeftModel.from_pretrained(model, arguments.adapters / names[0], adapter_name=names[0])
    for name in names[1:]:
        model.load_adapter(arguments.adapters / name, adapter_name=name)
    model.eval()

    def answer(body):
        model.set_adapter(body["model"], inference_mode=True)
        inputs = tokenizer(body["prompt"], return_tensors="pt")
        with torch.inference_mode():
            out = model.generate(
                input_ids=inputs.input_ids, attention_mask=inputs.attention_mask,
                max_new_tokens=body["max_tokens"], do_sample=False, pad_token_id=0)
        added = out[0, inputs.input_ids.shape[1]:]
        return {"choices": [{"text": tokenizer.decode(added, skip_special_tokens=True)}],
                "usage": {"completion_tokens": len(added)}}

    return answer


def pictures():
    pipe = diffusers.StableDiffusionPipeline.from_pretrained(
        arguments.base, torch_dtype=torch.float32, safety_checker=None, requires_safety_checker=False)
    pipe.set_progress_bar_config(disable=True)
    for name in names:
        pipe.load_lora_weights(arguments.adapters / f"{name}.safetensors", adapter_name=name)

    def answer(body):
        pipe.set_adapters([body["model"]], [1.0])
        with torch.inference_mode():
            image = pipe(
                body["prompt"], num_inference_steps=body["steps"], guidance_scale=body["guidance_scale"],
                generator=torch.Generator("cpu").manual_seed(body["seed"])).images[0]
        file = io.BytesIO()
        image.save(file, "PNG")
        return {"data": [{"b64_json": base64.b64encode(file.getvalue()).decode()}]}

    return answer


compute = texts() if arguments.kind == "texts" else pictures()
alone = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        try:
            with alone:
                status, answer = 200, compute(body)
        except Exception as error:  # noqa: BLE001, told to the client
            status, answer = 500, {"error": repr(error)}
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *words):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 64


server = Server(("127.0.0.1", 0), Handler)
print(f"peft {importlib.metadata.version('peft')} at http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
