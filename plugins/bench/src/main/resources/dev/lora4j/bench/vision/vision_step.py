"""A LoRA training step of a ResNet by transformers and PEFT, with the fused AdamW of PyTorch and frozen statistics."""

import peer


def prepare(arguments):
    import numpy as np
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import ResNetForImageClassification

    model = ResNetForImageClassification.from_pretrained(arguments.inputs, dtype=torch.float32)
    config = LoraConfig(r=4, lora_alpha=4, target_modules=["convolution"], modules_to_save=["classifier"])
    model = get_peft_model(model, config)
    model.eval()  # Norms go by their stored statistics, as ours do.
    at = np.arange(224 * 224 * 3)
    pictures = [((at // 3 * (n + 3) + 89 * (at % 3)) % 251).reshape(224, 224, 3) for n in range(arguments.pictures)]
    pixels = (np.stack(pictures) / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    pixels = torch.tensor(pixels.transpose(0, 3, 1, 2).copy(), dtype=torch.float32)
    classes = torch.arange(arguments.pictures)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.01, fused=True)

    def step():
        loss = torch.nn.functional.cross_entropy(model(pixels).logits, classes)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0, foreach=True)
        optimizer.step()
        return loss.item()

    return lambda: [step()], step


peer.serve(prepare, package="transformers", pictures=int)
