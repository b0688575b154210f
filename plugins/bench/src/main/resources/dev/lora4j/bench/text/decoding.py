"""Greedy tokens by transformers, with an adapter for each row by PEFT's adapter_names."""

import os

import peer


def prepare(arguments):
    import torch
    from transformers import AutoModelForCausalLM

    dtype = {"f32": torch.float32, "bf16": torch.bfloat16}[arguments.dtype]
    model = AutoModelForCausalLM.from_pretrained(arguments.inputs, dtype=dtype).eval()
    ids = torch.tensor([[int(i) for i in row.split(",")] for row in arguments.prompts.split(";")])
    more = {}
    if arguments.adapters != "-":
        from peft import PeftModel

        names = [f"a{row}" for row in range(len(ids))]
        folder = arguments.adapters
        model = PeftModel.from_pretrained(model, os.path.join(folder, names[0]), adapter_name=names[0])
        for name in names[1:]:
            model.load_adapter(os.path.join(folder, name), adapter_name=name)
        model.eval()
        more["adapter_names"] = names
    model.generation_config.eos_token_id = None

    def generate(tokens=arguments.tokens, **asked):
        with torch.inference_mode():
            return model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=tokens,
                do_sample=False,
                pad_token_id=0,
                **more,
                **asked,
            )

    def check():
        if arguments.dtype == "f32":
            return generate()[:, ids.shape[1]].tolist()
        # Among many tokens several are the likeliest in BF16.
        out = generate(1, return_dict_in_generate=True, output_scores=True)
        return out.scores[0].float().log_softmax(-1).amax(-1).tolist()

    return check, generate


peer.serve(
    prepare, package="transformers", dtype=str, prompts=str, tokens=int, adapters=str
)
