package dev.lora4j.testkit;

import java.util.Map;
import java.util.Set;

/**
 * Families of language models that break their contract in one way: the test of that promise fails.
 */
class TextFamilyContractsTest implements BrokenPromises {
  // Not named as tests are, so that a build does not run them by themselves.
  static final class Llama extends TextFamilyContract {
    Llama() {
      super("llama");
    }

    @Override
    protected String config() {
      return """
          {
            "model_type": "llama", "vocab_size": 12, "hidden_size": 16, "intermediate_size": 20,
            "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
            "head_dim": 6, "max_position_embeddings": 64, "rms_norm_eps": 1e-5,
            "rope_theta": 100.0, "hidden_act": "silu", "attention_bias": true, "mlp_bias": true,
            "tie_word_embeddings": true
          }
          """;
    }
  }

  static final class T5 extends TextFamilyContract {
    T5() {
      super("t5");
    }

    @Override
    protected String config() {
      return """
          {
            "model_type": "t5", "vocab_size": 12, "d_model": 10, "d_kv": 4, "d_ff": 14,
            "num_layers": 2, "num_decoder_layers": 2, "num_heads": 3,
            "relative_attention_num_buckets": 8, "relative_attention_max_distance": 12,
            "layer_norm_epsilon": 1e-6, "feed_forward_proj": "gated-gelu",
            "tie_word_embeddings": false, "decoder_start_token_id": 0, "pad_token_id": 0
          }
          """;
    }
  }

  private static class Gpt2 extends TextFamilyContract {
    private final String type;

    Gpt2(String type) {
      super(type);
      this.type = type;
    }

    @Override
    protected String config() {
      return """
          {
            "model_type": "%s", "vocab_size": 12, "n_embd": 12, "n_layer": 2, "n_head": 3,
            "n_inner": 20, "n_positions": 32, "activation_function": "gelu_new",
            "layer_norm_epsilon": 1e-5, "scale_attn_by_inverse_layer_idx": true
          }
          """
          .formatted(type);
    }
  }

  private static class Bert extends TextFamilyContract {
    private final String type;
    private final String architecture;

    Bert(String type, String architecture) {
      super(type);
      this.type = type;
      this.architecture = architecture;
    }

    @Override
    protected String config() {
      return """
          {
            "model_type": "%s", "architectures": ["%s"], "vocab_size": 12, "hidden_size": 12,
            "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 20,
            "max_position_embeddings": 32, "type_vocab_size": 2, "hidden_act": "gelu",
            "layer_norm_eps": 1e-5, "num_labels": 2
          }
          """
          .formatted(type, architecture);
    }
  }

  static final class GoodGpt2 extends Gpt2 {
    GoodGpt2() {
      super("gpt2");
    }
  }

  static final class PlainBert extends Bert {
    PlainBert() {
      super("bert", "BertModel");
    }
  }

  static final class ClassifyingBert extends Bert {
    ClassifyingBert() {
      super("bert", "BertForSequenceClassification");
    }
  }

  static final class Roberta extends Bert {
    Roberta() {
      super("roberta", "RobertaForSequenceClassification");
    }
  }

  static final class Electra extends Bert {
    Electra() {
      super("electra", "ElectraForSequenceClassification");
    }
  }

  static final class ModernBert extends TextFamilyContract {
    ModernBert() {
      super("modernbert");
    }

    @Override
    protected String config() {
      return """
          {
            "model_type": "modernbert", "architectures": ["ModernBertForSequenceClassification"],
            "vocab_size": 12, "hidden_size": 12, "num_hidden_layers": 4, "num_attention_heads": 3,
            "intermediate_size": 20, "max_position_embeddings": 32, "local_attention": 4,
            "num_labels": 2
          }
          """;
    }
  }

  static final class Albert extends TextFamilyContract {
    Albert() {
      super("albert");
    }

    @Override
    protected String config() {
      return """
          {
            "model_type": "albert", "architectures": ["AlbertForSequenceClassification"],
            "vocab_size": 12, "embedding_size": 8, "hidden_size": 12, "num_hidden_layers": 3,
            "num_hidden_groups": 2, "inner_group_num": 2, "num_attention_heads": 3,
            "intermediate_size": 20, "max_position_embeddings": 32, "type_vocab_size": 2,
            "hidden_act": "gelu_new", "layer_norm_eps": 1e-5, "num_labels": 2
          }
          """;
    }
  }

  private static class Deberta extends TextFamilyContract {
    private final String more;

    Deberta(String more) {
      super("deberta-v2");
      this.more = more;
    }

    @Override
    protected String config() {
      return """
          {
            "model_type": "deberta-v2", "architectures": ["DebertaV2ForSequenceClassification"],
            "vocab_size": 12, "hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": 3,
            "intermediate_size": 20, "max_position_embeddings": 32, "hidden_act": "gelu",
            "layer_norm_eps": 1e-5, "num_labels": 2, "relative_attention": true,
            "pos_att_type": "c2p|p2c", %s
          }
          """
          .formatted(more);
    }
  }

  static final class SharingDeberta extends Deberta {
    SharingDeberta() {
      super(
          """
          "position_buckets": 4, "share_att_key": true, "norm_rel_ebd": "layer_norm",
          "position_biased_input": false
          """);
    }
  }

  static final class ConvolvedDeberta extends Deberta {
    ConvolvedDeberta() {
      super(
          """
          "max_relative_positions": 4, "conv_kernel_size": 3, "conv_act": "gelu",
          "embedding_size": 8, "type_vocab_size": 2
          """);
    }
  }

  static final class DistilBert extends TextFamilyContract {
    DistilBert() {
      super("distilbert");
    }

    @Override
    protected String config() {
      return """
          {
            "model_type": "distilbert", "architectures": ["DistilBertModel"], "vocab_size": 12,
            "dim": 12, "n_layers": 2, "n_heads": 3, "hidden_dim": 20,
            "max_position_embeddings": 32, "activation": "gelu"
          }
          """;
    }
  }

  static final class Claiming extends Gpt2 {
    Claiming() {
      super("test-claiming");
    }
  }

  static final class Careless extends Gpt2 {
    Careless() {
      super("test-careless");
    }
  }

  static final class Unequal extends Gpt2 {
    Unequal() {
      super("test-unequal");
    }
  }

  static final class Wild extends Gpt2 {
    Wild() {
      super("test-wild");
    }
  }

  static final class Lost extends Gpt2 {
    Lost() {
      super("test-lost");
    }
  }

  static final class Ignoring extends Gpt2 {
    Ignoring() {
      super("test-ignoring");
    }
  }

  static final class Sparing extends Gpt2 {
    Sparing() {
      super("test-sparing");
    }
  }

  static final class Wide extends Gpt2 {
    Wide() {
      super("test-wide");
    }
  }

  static final class Boasting extends Gpt2 {
    Boasting() {
      super("test-boasting");
    }
  }

  static final class Gossiping extends Gpt2 {
    Gossiping() {
      super("test-gossiping");
    }
  }

  static final class Staring extends Bert {
    Staring() {
      super("test-staring", "BertModel");
    }
  }

  static final class Counting extends Gpt2 {
    Counting() {
      super("test-counting");
    }
  }

  static final class Peeking extends Gpt2 {
    Peeking() {
      super("test-peeking");
    }
  }

  static final class Miscounting extends Bert {
    Miscounting() {
      super("test-miscounting", "BertModel");
    }
  }

  @Override
  public Map<Class<?>, Set<String>> contracts() {
    return Map.<Class<?>, Set<String>>ofEntries(
        Map.entry(Llama.class, Set.of()),
        Map.entry(T5.class, Set.of()),
        Map.entry(GoodGpt2.class, Set.of()),
        Map.entry(PlainBert.class, Set.of()),
        Map.entry(ClassifyingBert.class, Set.of()),
        Map.entry(Roberta.class, Set.of()),
        Map.entry(DistilBert.class, Set.of()),
        Map.entry(Electra.class, Set.of()),
        Map.entry(ModernBert.class, Set.of()),
        Map.entry(Albert.class, Set.of()),
        Map.entry(SharingDeberta.class, Set.of()),
        // Its convolution takes tokens for neighbours that are given side by side.
        Map.entry(ConvolvedDeberta.class, Set.of("tokenPlacesFollowTheirPositions")),
        Map.entry(Claiming.class, Set.of("configurationIsRecognisedByItsFamilyAlone")),
        Map.entry(Careless.class, Set.of("incompleteConfigurationIsTakenOrRefusedByName")),
        Map.entry(Unequal.class, Set.of("theSameConfigurationIsTheSameNetwork")),
        Map.entry(
            Wild.class, Set.of("classHeadHasRequestedWidthOrIsRefused", "layersAreKnownByName")),
        Map.entry(Lost.class, Set.of("writtenModelReadsBack")),
        Map.entry(Ignoring.class, Set.of("unknownTensorIsRefusedByName")),
        Map.entry(Sparing.class, Set.of("optionalWeightsDoNotChangeTheOutput")),
        Map.entry(Wide.class, Set.of("outputsHaveTheDeclaredWidths")),
        Map.entry(Boasting.class, Set.of("longestTextAndLastTokenAreTaken")),
        Map.entry(Gossiping.class, Set.of("eachTextIsSeenByItself")),
        Map.entry(Staring.class, Set.of("paddingIsNotSeen")),
        Map.entry(Counting.class, Set.of("tokenPlacesFollowTheirPositions")),
        Map.entry(Peeking.class, Set.of("mergedEqualsUnmerged")),
        Map.entry(Miscounting.class, Set.of("classHeadHasRequestedWidthOrIsRefused")));
  }
}
