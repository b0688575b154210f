"""Tiny random encoders as transformers writes them, with what it computes with them.

Writes ../resources/models/NAME: the model's folder, and expected.safetensors with
  ids, types, present   I64 [3, 9]          three texts of different lengths; 40 tokens for DeBERTa
  hidden                F32 [3, 9, width]   vectors of the tokens
  pooled                F32 [3, width]      where the model has a pooler
  logits                F32 [3, labels]     where the model has a head

and ../resources/adapters/NAME-lora: a LoRA of PEFT's with a new head (modules_to_save), and
expected.safetensors with the logits that it gives for the same texts.

and ../resources/deberta-buckets.safetensors: for BUCKETS/FURTHEST I64 [1401], the numbers of the distances from -700 to 700.

With names as arguments, writes these models alone, or with `buckets` these. With the arguments `check NAME FOLDER`, reads such a folder that lora4j wrote for the model, and
says by how much its logits are off.
"""

import os
import sys

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AlbertConfig, AlbertForSequenceClassification, AlbertModel
from transformers import AutoModelForSequenceClassification
from transformers import BertConfig, BertForMaskedLM, BertForSequenceClassification, BertModel
from transformers import DebertaV2Config, DebertaV2ForSequenceClassification, DebertaV2Model
from transformers import DistilBertConfig, DistilBertForSequenceClassification
from transformers import ElectraConfig, ElectraForSequenceClassification
from transformers import ModernBertConfig, ModernBertForSequenceClassification
from transformers import RobertaConfig, RobertaForSequenceClassification
from transformers.models.deberta_v2.modeling_deberta_v2 import make_log_bucket_position

HERE = os.path.dirname(os.path.abspath(__file__))
RESOURCES = os.path.join(HERE, "..", "resources")
VOCAB = 80
BERT = dict(
    vocab_size=VOCAB,
    hidden_size=32,
    num_hidden_layers=2,
    num_attention_heads=4,
    intermediate_size=48,
    max_position_embeddings=24,
    initializer_range=0.3,
)
MODERN = dict(
    vocab_size=VOCAB,
    hidden_size=32,
    num_attention_heads=4,
    intermediate_size=48,
    max_position_embeddings=24,
    local_attention=4,
    initializer_range=0.3,
    pad_token_id=0,
    bos_token_id=1,
    cls_token_id=1,
    eos_token_id=2,
    sep_token_id=2,
)
LABELS = dict(id2label={0: "good", 1: "bad", 2: "neither"}, label2id={"good": 0, "bad": 1, "neither": 2})
MODELS = {
    "bert": (BertForSequenceClassification, BertConfig(**BERT, **LABELS), 0),
    "bert-plain": (BertModel, BertConfig(**BERT, hidden_act="gelu_new"), 0),
    "bert-words": (BertForMaskedLM, BertConfig(**BERT), 0),
    "roberta": (
        RobertaForSequenceClassification,
        RobertaConfig(**BERT, **LABELS, type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1),
        1,
    ),
    "distilbert": (
        DistilBertForSequenceClassification,
        DistilBertConfig(
            vocab_size=VOCAB,
            dim=32,
            n_layers=2,
            n_heads=4,
            hidden_dim=48,
            max_position_embeddings=24,
            initializer_range=0.3,
        ),
        0,
    ),
    "electra": (
        ElectraForSequenceClassification,
        ElectraConfig(**BERT, **LABELS, embedding_size=16),
        0,
    ),
    "modernbert": (
        ModernBertForSequenceClassification,
        ModernBertConfig(**MODERN, **LABELS, num_hidden_layers=4),
        0,
    ),
    "modernbert-biased": (
        ModernBertForSequenceClassification,
        ModernBertConfig(
            **MODERN,
            **LABELS,
            num_hidden_layers=2,
            layer_types=["sliding_attention", "full_attention"],
            norm_bias=True,
            attention_bias=True,
            mlp_bias=True,
            classifier_bias=True,
            classifier_pooling="mean",
            classifier_activation="relu",
            hidden_activation="silu",
            rope_parameters={
                "full_attention": {"rope_type": "linear", "rope_theta": 500.0, "factor": 2.0},
                "sliding_attention": {"rope_type": "default", "rope_theta": 100.0},
            },
        ),
        0,
    ),
    "albert": (
        AlbertForSequenceClassification,
        AlbertConfig(**{**BERT, **LABELS, "num_hidden_layers": 3}, embedding_size=16),
        0,
    ),
    "albert-groups": (
        AlbertModel,
        AlbertConfig(
            **{**BERT, "num_hidden_layers": 5},
            embedding_size=16,
            num_hidden_groups=2,
            inner_group_num=2,
            hidden_act="gelu",
        ),
        0,
    ),
    # As the third version, with distances beyond the buckets.
    "deberta": (
        DebertaV2ForSequenceClassification,
        DebertaV2Config(
            **BERT,
            **LABELS,
            relative_attention=True,
            position_buckets=8,
            position_biased_input=False,
            pos_att_type=["p2c", "c2p"],
            share_att_key=True,
            norm_rel_ebd="layer_norm",
        ),
        0,
    ),
    # As the largest of the second, and with what no published model has.
    "deberta-convolved": (
        DebertaV2Model,
        DebertaV2Config(
            **{**BERT, "max_position_embeddings": 40},
            relative_attention=True,
            max_relative_positions=6,
            pos_att_type="c2p|p2c",
            conv_kernel_size=3,
            conv_groups=2,
            conv_act="gelu",
            embedding_size=16,
            type_vocab_size=2,
        ),
        0,
    ),
    "deberta-plain": (
        DebertaV2ForSequenceClassification,
        DebertaV2Config(
            **{**BERT, "max_position_embeddings": 40}, **LABELS, pos_att_type=["p2c"], pooler_hidden_act="tanh"
        ),
        0,
    ),
}
TARGETS = {
    "bert": ["query", "value", "dense"],
    "roberta": ["query", "value", "word_embeddings"],
    "distilbert": ["q_lin", "v_lin", "lin1"],
    "electra": ["query", "embeddings_project"],
    "modernbert": ["Wqkv", "Wi", "mlp.Wo"],
    "albert": ["query", "value", "ffn", "embedding_hidden_mapping_in"],
    "deberta": ["query_proj", "value_proj", "dense"],
}


def texts(number, pad, config):
    g = torch.Generator().manual_seed(number)
    size = (3, 40 if config.model_type == "deberta-v2" else 9)
    ids = torch.randint(2, VOCAB, size, generator=g)
    present = torch.ones(size, dtype=torch.long)
    present[0, 5:] = 0
    present[2, 2:] = 0
    ids = torch.where(present == 1, ids, torch.tensor(pad))
    types = torch.randint(0, max(1, getattr(config, "type_vocab_size", 1)), size, generator=g) * present
    return ids, types, present


def call(model, ids, types, present):
    more = {} if model.config.model_type in ("distilbert", "modernbert") else {"token_type_ids": types}
    return model(
        input_ids=ids, attention_mask=present, output_hidden_states=True, return_dict=True, **more
    )


def adapter(name, model, given, folder):
    heads = {"distilbert": ["pre_classifier", "classifier"], "deberta": ["pooler.dense", "classifier"]}
    head = heads.get(name, ["classifier"])
    config = LoraConfig(
        r=2,
        lora_alpha=3,
        target_modules=TARGETS[name],
        exclude_modules=r".*(classifier|pooler).*" if name == "deberta" else r".*classifier.*",
        modules_to_save=head,
        task_type="SEQ_CLS",
    )
    tuned = get_peft_model(model, config)
    tuned.peft_config["default"].base_model_name_or_path = name
    with torch.no_grad():
        for key, p in tuned.named_parameters():
            if "lora_" in key or "modules_to_save" in key:
                p.copy_(0.3 * torch.randn_like(p))
        logits = call(tuned.eval(), *given).logits
    tuned.save_pretrained(folder, save_embedding_layers=False)
    os.remove(os.path.join(folder, "README.md"))
    save_file({"logits": logits.contiguous()}, os.path.join(folder, "expected.safetensors"))


def buckets():
    apart = torch.arange(-700, 701)
    rows = {f"{b}/{f}": make_log_bucket_position(apart, b, f).long() for b, f in ((256, 512), (32, 128), (5, 20))}
    save_file(rows, os.path.join(RESOURCES, "deberta-buckets.safetensors"))


def main(names):
    if not names or "buckets" in names:
        buckets()
    for number, (name, (kind, config, pad)) in enumerate(MODELS.items()):
        if names and name not in names:
            continue
        torch.manual_seed(number)
        config._attn_implementation = "eager"
        model = kind(config).eval()
        with torch.no_grad():
            for key, p in model.named_parameters():
                if "norm" in key.lower() or key.endswith("bias"):
                    p.add_(0.2 * torch.randn_like(p))
        folder = os.path.join(RESOURCES, "models", name)
        model.save_pretrained(folder)
        given = texts(number, pad, config)
        with torch.no_grad():
            out = call(model, *given)
        expected = dict(zip(("ids", "types", "present"), given))
        hidden = out.last_hidden_state if "last_hidden_state" in out else out.hidden_states[-1]
        if name.startswith("modernbert"):  # Its hidden states are those before the last norm.
            hidden = model.model(given[0], given[2]).last_hidden_state.detach()
        expected["hidden"] = hidden.contiguous()
        if "pooler_output" in out:
            expected["pooled"] = out.pooler_output.contiguous()
        if "logits" in out and name != "bert-words":
            expected["logits"] = out.logits.contiguous()
        save_file(expected, os.path.join(folder, "expected.safetensors"))
        if name in TARGETS:
            adapter(name, model, given, os.path.join(RESOURCES, "adapters", name + "-lora"))


def check(name, folder):
    expected = load_file(os.path.join(RESOURCES, "models", name, "expected.safetensors"))
    logits = load_file(os.path.join(RESOURCES, "adapters", name + "-lora", "expected.safetensors"))
    logits = logits["logits"]
    base = AutoModelForSequenceClassification.from_pretrained(
        os.path.join(RESOURCES, "models", name), dtype=torch.float32, attn_implementation="eager"
    )
    model = PeftModel.from_pretrained(base, folder).eval()
    with torch.no_grad():
        found = call(model, *(expected[k] for k in ("ids", "types", "present"))).logits
    print((found - logits).abs().max().item() / logits.abs().max().item())


if __name__ == "__main__":
    check(*sys.argv[2:4]) if sys.argv[1:2] == ["check"] else main(sys.argv[1:])
