"""Fields of transformers' configurations with their defaults: golden for ConfigFieldsTest.

Writes ../resources/config-fields.json. A field of a new version has no row in ConfigFields, and the test says so.
"""

import json
from pathlib import Path

import transformers
from transformers import (
    AlbertConfig,
    BertConfig,
    CamembertConfig,
    DebertaV2Config,
    DistilBertConfig,
    ElectraConfig,
    Gemma2Config,
    Gemma3TextConfig,
    GPT2Config,
    GPTNeoXConfig,
    GraniteConfig,
    LlamaConfig,
    MistralConfig,
    ModernBertConfig,
    MT5Config,
    Olmo2Config,
    Olmo3Config,
    OPTConfig,
    Phi3Config,
    PreTrainedConfig,
    Qwen2Config,
    Qwen3Config,
    RobertaConfig,
    SmolLM3Config,
    Starcoder2Config,
    T5Config,
    UMT5Config,
    XLMRobertaConfig,
)

KINDS = [
    LlamaConfig,
    MistralConfig,
    Qwen2Config,
    Qwen3Config,
    SmolLM3Config,
    GraniteConfig,
    Gemma2Config,
    Gemma3TextConfig,
    Olmo2Config,
    Olmo3Config,
    Phi3Config,
    Starcoder2Config,
    GPTNeoXConfig,
    OPTConfig,
    GPT2Config,
    BertConfig,
    RobertaConfig,
    XLMRobertaConfig,
    CamembertConfig,
    DistilBertConfig,
    ElectraConfig,
    ModernBertConfig,
    AlbertConfig,
    DebertaV2Config,
    T5Config,
    MT5Config,
    UMT5Config,
]

# Fields that a model asks for, with a default, where its configuration has none.
ASKED = {
    DebertaV2Config: {
        "attention_head_size": None,
        "conv_act": "tanh",
        "conv_groups": 1,
        "conv_kernel_size": 0,
        "embedding_size": None,
        "norm_rel_ebd": "none",
        "pooler_hidden_size": None,
        "position_buckets": -1,
        "share_att_key": False,
        "cls_dropout": None,
    }
}


def fields(kind):
    config = kind()
    found = {**ASKED.get(kind, {}), **config.to_dict()}
    for base in kind.__mro__:
        for name in getattr(base, "__annotations__", {}):
            if not name.startswith("_") and name not in IGNORED:
                found.setdefault(name, getattr(config, name, None))
    found.pop("transformers_version", None)
    return {k: v for k, v in found.items() if not k.startswith("_")}


# Of the class, not of a configuration.
IGNORED = {n for n in vars(PreTrainedConfig) if n.endswith(("_plan", "_map"))} | {
    "base_config_key",
    "sub_configs",
    "has_no_defaults_at_init",
    "keys_to_ignore_at_inference",
    "model_type",
    "attribute_map",
    "base_model_tp_plan",
    "base_model_pp_plan",
    "base_model_ep_plan",
    "default_theta",
}


def main():
    kinds = {kind.model_type: fields(kind) for kind in KINDS}
    out = Path(__file__).resolve().parent.parent / "resources" / "config-fields.json"
    out.write_text(
        json.dumps({"transformers": transformers.__version__, "kinds": kinds}, indent=1, sort_keys=True, default=str) + "\n"
    )


if __name__ == "__main__":
    main()
