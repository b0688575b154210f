package dev.lora4j.text.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Rows of the fields of transformers' configurations, by {@code model_type}. */
final class ConfigRows {
  private static final String LLAMA =
      "vocab_size=99 hidden_size=48 intermediate_size=24 num_hidden_layers=1"
          + " num_attention_heads=8 num_key_value_heads=1 max_position_embeddings=77"
          + " rms_norm_eps=0.5 rope_parameters={\"rope_theta\":77.0,\"rope_type\":\"default\"}"
          + " tie_word_embeddings=FLIP head_dim=4";

  /** Rows of a kind: fields that are read, with another value; refused; and without effect. */
  record Kind(String model, String read, String refused, String nothing) {}

  static final Map<String, Kind> ALL = new HashMap<>();

  static {
    String silu = "hidden_act=\"gelu\"";
    ALL.put(
        "llama",
        new Kind(
            "llama", LLAMA + " attention_bias=FLIP mlp_bias=FLIP", silu + " pretraining_tp=2", ""));
    ALL.put("mistral", new Kind("mistral", LLAMA + " sliding_window=3", silu, ""));
    String qwen = LLAMA.replace(" head_dim=4", "");
    // Windows are read together; see the test below.
    String windows = "use_sliding_window sliding_window max_window_layers layer_types";
    ALL.put("qwen2", new Kind("qwen2", qwen, silu, windows));
    ALL.put("qwen3", new Kind("qwen3", LLAMA + " attention_bias=FLIP", silu, windows));
    String windows3 = " sliding_window=3 layer_types=" + types("full", "full", "full");
    // Fields that count with others have tests of their own.
    ALL.put(
        "smollm3",
        new Kind(
            "smollm3",
            LLAMA + " attention_bias=FLIP mlp_bias=FLIP no_rope_layers=[1,1,1]" + windows3,
            silu,
            "use_sliding_window no_rope_layer_interval"));
    ALL.put(
        "granite",
        new Kind(
            "granite",
            LLAMA
                + " attention_bias=FLIP mlp_bias=FLIP embedding_multiplier=2.5"
                + " residual_multiplier=2.5 attention_multiplier=2.5 logits_scaling=2.5",
            silu,
            ""));
    String relu = LLAMA + " hidden_act=\"relu\"";
    ALL.put("olmo2", new Kind("olmo2", relu + " attention_bias=FLIP", "", ""));
    ALL.put(
        "olmo3",
        new Kind(
            "olmo3",
            relu.replaceFirst(
                    "rope_parameters=\\S+",
                    "rope_parameters={\"full_attention\":{\"rope_theta\":77.0}}")
                + " attention_bias=FLIP sliding_window=3 layer_types="
                + types("full", "full", "full", "full"),
            "",
            ""));
    ALL.put(
        "phi3",
        new Kind(
            "phi3",
            relu + " sliding_window=3",
            "",
            "original_max_position_embeddings resid_pdrop embd_pdrop"));
    String layerNorm = relu.replaceFirst("head_dim=\\S+", "").replaceFirst("rms_norm_eps=\\S+", "");
    ALL.put(
        "starcoder2",
        new Kind(
            "starcoder2",
            layerNorm + " head_dim=4 norm_epsilon=0.5 use_bias=FLIP sliding_window=3",
            "",
            "embedding_dropout residual_dropout"));
    ALL.put(
        "gpt_neox",
        new Kind(
            "gpt-neox",
            layerNorm.replaceFirst("num_key_value_heads=\\S+", "")
                + " layer_norm_eps=0.5 attention_bias=FLIP use_parallel_residual=FLIP",
            "",
            "hidden_dropout is_decoder"));
    ALL.put(
        "opt",
        new Kind(
            "opt",
            "vocab_size=99 hidden_size=64 word_embed_proj_dim=16 ffn_dim=7 num_hidden_layers=1"
                + " num_attention_heads=1 max_position_embeddings=77 do_layer_norm_before=FLIP"
                + " enable_bias=FLIP activation_function=\"gelu\" tie_word_embeddings=FLIP",
            "layer_norm_elementwise_affine=false",
            "init_std layerdrop"));
    String gemma =
        LLAMA
                .replaceFirst(" rope_parameters=\\S+", "")
                .replace("head_dim=4", "head_dim=2 hidden_activation=\"relu\"")
            + " attention_bias=FLIP query_pre_attn_scalar=7 sliding_window=3"
            + " final_logit_softcapping=0.5";
    String bidirectional = "use_bidirectional_attention=true";
    ALL.put(
        "gemma2",
        new Kind(
            "gemma2",
            gemma
                + " attn_logit_softcapping=0.5 layer_types="
                + types("full", "full", "full", "full")
                + " rope_parameters={\"rope_theta\":77.0,\"rope_type\":\"default\"}",
            bidirectional,
            ""));
    ALL.put(
        "gemma3_text",
        new Kind(
            "gemma3",
            gemma
                + " layer_types="
                + types("full", "full", "full", "full")
                + " rope_parameters={\"full_attention\":{\"rope_theta\":77.0}}",
            bidirectional + " attn_logit_softcapping=50.0",
            ""));
    ALL.put(
        "gpt2",
        new Kind(
            "gpt2",
            "vocab_size=99 n_embd=64 n_head=1 n_inner=7 n_layer=1 n_positions=77"
                + " activation_function=\"relu\" layer_norm_epsilon=0.5 scale_attn_weights=FLIP"
                + " scale_attn_by_inverse_layer_idx=FLIP tie_word_embeddings=FLIP",
            "add_cross_attention=true",
            // How F16 is added up, dropouts, and the head of GPT2DoubleHeadsModel.
            "reorder_and_upcast_attn attn_pdrop embd_pdrop resid_pdrop summary_activation"
                + " summary_first_dropout summary_proj_to_labels summary_type summary_use_proj"));
    String bert =
        "vocab_size=99 hidden_size=64 intermediate_size=7 num_hidden_layers=1"
            + " num_attention_heads=1 max_position_embeddings=77 type_vocab_size=5"
            + " hidden_act=\"relu\" layer_norm_eps=0.5";
    String decoder = "is_decoder=true add_cross_attention=true";
    // A head for words is not asked for, so that nothing is tied.
    ALL.put("bert", new Kind("bert", bert, decoder, "tie_word_embeddings"));
    for (String name : List.of("roberta", "xlm-roberta", "camembert")) {
      ALL.put(name, new Kind("roberta", bert + " pad_token_id=4", decoder, "tie_word_embeddings"));
    }
    ALL.put(
        "distilbert",
        new Kind(
            "distilbert",
            "vocab_size=99 dim=64 hidden_dim=7 n_layers=1 n_heads=1"
                + " max_position_embeddings=77 activation=\"relu\"",
            "",
            // Positions are a table in the file, however it began.
            "sinusoidal_pos_embds qa_dropout seq_classif_dropout tie_word_embeddings"));
    ALL.put(
        "electra",
        new Kind(
            "electra",
            bert + " embedding_size=24",
            decoder,
            // The summary is of ElectraForMultipleChoice.
            "tie_word_embeddings summary_type summary_use_proj summary_activation"
                + " summary_last_dropout"));
    ALL.put(
        "albert",
        new Kind(
            "albert",
            bert + " embedding_size=24 num_hidden_groups=2 inner_group_num=2",
            "",
            // The dropout has a name of its own.
            "tie_word_embeddings classifier_dropout_prob"));
    ALL.put(
        "deberta-v2",
        new Kind(
            "deberta",
            bert.replace("type_vocab_size=5", "type_vocab_size=5.0")
                + " embedding_size=16 position_biased_input=FLIP relative_attention=FLIP"
                + " max_relative_positions=9.0 position_buckets=6.0 pos_att_type=\"c2p\""
                + " share_att_key=FLIP norm_rel_ebd=\"none\" conv_kernel_size=3.0"
                + " pooler_hidden_act=\"relu\"",
            "attention_head_size=5 pooler_hidden_size=7 pos_att_type=\"c2p|p2p\""
                + " norm_rel_ebd=\"rms_norm\"",
            // Of training, of the head for words, and of a convolution; see the test below.
            "pooler_dropout cls_dropout legacy tie_word_embeddings conv_act conv_groups"));
    ALL.put(
        "modernbert",
        new Kind(
            "modernbert",
            "vocab_size=99 hidden_size=64 intermediate_size=7 num_hidden_layers=1"
                + " num_attention_heads=1"
                + " max_position_embeddings=77 hidden_activation=\"relu\" norm_eps=0.5"
                + " norm_bias=FLIP attention_bias=FLIP mlp_bias=FLIP local_attention=8"
                + " classifier_pooling=\"mean\" classifier_bias=FLIP"
                + " classifier_activation=\"relu\" layer_types="
                + types("full", "full", "full", "full")
                + " rope_parameters={\"full_attention\":{\"rope_theta\":77.0}}",
            "",
            // Of how it began, of attention on a card, and of the head for words.
            "initializer_cutoff_factor embedding_dropout mlp_dropout decoder_bias"
                + " deterministic_flash_attn sparse_prediction sparse_pred_ignore_index"
                + " tie_word_embeddings cls_token_id sep_token_id"));
    String t5 =
        "vocab_size=99 d_model=64 d_kv=7 d_ff=9 num_layers=1 num_decoder_layers=1 num_heads=1"
            + " relative_attention_num_buckets=16 relative_attention_max_distance=99"
            + " layer_norm_epsilon=0.5";
    // The first two are what feed_forward_proj says.
    String derived = "dense_act_fn is_gated_act dropout_rate initializer_factor is_decoder";
    String plain = " feed_forward_proj=\"gated-silu\"";
    ALL.put(
        "t5",
        new Kind(
            "t5",
            t5 + plain + " scale_decoder_outputs=FLIP",
            "",
            derived + " tie_word_embeddings"));
    ALL.put(
        "mt5",
        new Kind(
            "mt5", t5 + plain + " decoder_start_token_id=5", "", derived + " tie_word_embeddings"));
    ALL.put(
        "umt5",
        new Kind(
            "umt5",
            t5 + plain + " decoder_start_token_id=5 scale_decoder_outputs=FLIP",
            "",
            derived + " tie_word_embeddings"));
  }

  private ConfigRows() {}

  /** The value of {@code layer_types} with these. */
  static String types(String... kinds) {
    return Stream.of(kinds)
        .map(k -> '"' + k + "_attention\"")
        .collect(Collectors.joining(",", "[", "]"));
  }
}
