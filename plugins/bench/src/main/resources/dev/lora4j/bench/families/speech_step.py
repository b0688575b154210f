"""A LoRA training step of a Whisper's encoder by transformers and PEFT, with the fused AdamW of PyTorch."""

import peer


def prepare(arguments):
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import WhisperForConditionalGeneration

    model = WhisperForConditionalGeneration.from_pretrained(arguments.inputs, dtype=torch.float32)
    model.config.apply_spec_augment = False
    layers = r".*model\.encoder\.layers\.\d+\.(self_attn\.(q|k|v|out)_proj|fc[12])"
    model = get_peft_model(model, LoraConfig(r=8, lora_alpha=8, target_modules=layers))
    model.train()
    numbers = torch.arange(80 * 3000, dtype=torch.float64)
    spectrum = torch.cos(numbers * 0.37).to(torch.float32).reshape(1, 80, 3000)
    ids = torch.tensor([[int(i) for i in row.split(",")] for row in arguments.rows.split(";")])
    spectra = spectrum.expand(len(ids), 80, 3000).contiguous()
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.01, fused=True)

    def step():
        loss = model(input_features=spectra, labels=ids).loss
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0, foreach=True)
        optimizer.step()
        return loss.item()

    return lambda: [step()], step


peer.serve(prepare, package="peft", rows=str)
