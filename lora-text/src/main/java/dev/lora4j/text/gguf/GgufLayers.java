package dev.lora4j.text.gguf;

import dev.lora4j.core.format.GgufLayerNames;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.nn.Site;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names that llama.cpp has for the layers of models that adapters can change there: those that it
 * multiplies with, and the table of tokens.
 */
public final class GgufLayers {
  private static final String QUERY = "attn_q";
  private static final String KEY = "attn_k";

  /**
   * Names of an architecture.
   *
   * @param architecture llama.cpp's name of it
   * @param whole names of layers outside of blocks, by transformers' names
   * @param blocks a pattern of transformers' names of layers in blocks, each with what llama.cpp
   *     has before the block's number
   * @param layers llama.cpp's names within a block, by transformers'
   */
  private record Architecture(
      String architecture,
      Map<String, String> whole,
      Map<Pattern, String> blocks,
      Map<String, String> layers) {}

  private static final Map<String, String> LLAMA_WHOLE =
      Map.of("model.embed_tokens", "token_embd", "lm_head", "output");

  private static final Map<String, String> LLAMA_LAYERS =
      Map.ofEntries(
          Map.entry("self_attn.q_proj", QUERY),
          Map.entry("self_attn.k_proj", KEY),
          Map.entry("self_attn.v_proj", "attn_v"),
          Map.entry("self_attn.o_proj", "attn_output"),
          Map.entry("mlp.gate_proj", "ffn_gate"),
          Map.entry("mlp.up_proj", "ffn_up"),
          Map.entry("mlp.down_proj", "ffn_down"),
          // Phi-3's fused layers, and StarCoder2's.
          Map.entry("self_attn.qkv_proj", "attn_qkv"),
          Map.entry("mlp.gate_up_proj", "ffn_up"),
          Map.entry("mlp.c_fc", "ffn_up"),
          Map.entry("mlp.c_proj", "ffn_down"));

  private static final Map<String, String> GPT2_LAYERS =
      Map.of(
          "attn.c_attn", "attn_qkv",
          "attn.c_proj", "attn_output",
          "mlp.c_fc", "ffn_up",
          "mlp.c_proj", "ffn_down");

  private static final Map<String, String> BERT_LAYERS =
      Map.ofEntries(
          Map.entry("attention.self.query", QUERY),
          Map.entry("attention.self.key", KEY),
          Map.entry("attention.self.value", "attn_v"),
          Map.entry("attention.output.dense", "attn_output"),
          Map.entry("intermediate.dense", "ffn_up"),
          Map.entry("output.dense", "ffn_down"));

  private static final Map<String, String> DISTILBERT_LAYERS =
      Map.of(
          "attention.q_lin", QUERY,
          "attention.k_lin", KEY,
          "attention.v_lin", "attn_v",
          "attention.out_lin", "attn_output",
          "ffn.lin1", "ffn_up",
          "ffn.lin2", "ffn_down");

  private static final Map<String, String> T5_LAYERS =
      Map.ofEntries(
          Map.entry("0.SelfAttention.q", QUERY),
          Map.entry("0.SelfAttention.k", KEY),
          Map.entry("0.SelfAttention.v", "attn_v"),
          Map.entry("0.SelfAttention.o", "attn_o"),
          Map.entry("1.EncDecAttention.q", "cross_attn_q"),
          Map.entry("1.EncDecAttention.k", "cross_attn_k"),
          Map.entry("1.EncDecAttention.v", "cross_attn_v"),
          Map.entry("1.EncDecAttention.o", "cross_attn_o"),
          Map.entry("1.DenseReluDense.wi", "ffn_up"),
          Map.entry("1.DenseReluDense.wi_0", "ffn_gate"),
          Map.entry("1.DenseReluDense.wi_1", "ffn_up"),
          Map.entry("1.DenseReluDense.wo", "ffn_down"),
          Map.entry("2.DenseReluDense.wi", "ffn_up"),
          Map.entry("2.DenseReluDense.wi_0", "ffn_gate"),
          Map.entry("2.DenseReluDense.wi_1", "ffn_up"),
          Map.entry("2.DenseReluDense.wo", "ffn_down"));

  /** Architectures by {@code model_type}. */
  private static final Map<String, Architecture> KNOWN =
      Map.ofEntries(
          Map.entry("llama", llama("llama")),
          Map.entry("mistral", llama("llama")),
          Map.entry("smollm3", llama("smollm3")),
          Map.entry("granite", llama("granite")),
          Map.entry("olmo2", llama("olmo2")),
          Map.entry("olmo3", llama("olmo2")),
          Map.entry("phi3", llama("phi3")),
          Map.entry("starcoder2", llama("starcoder2")),
          Map.entry("qwen2", llama("qwen2")),
          Map.entry("qwen3", llama("qwen3")),
          Map.entry("gemma2", llama("gemma2")),
          Map.entry("gemma3_text", llama("gemma3")),
          Map.entry(
              "gpt2",
              new Architecture(
                  "gpt2",
                  Map.of("transformer.wte", "token_embd", "lm_head", "output"),
                  Map.of(Pattern.compile("transformer\\.h\\.(\\d+)\\.(.+)"), "blk."),
                  GPT2_LAYERS)),
          Map.entry("bert", bert("bert", "encoder", BERT_LAYERS)),
          Map.entry("roberta", bert("roberta", "encoder", BERT_LAYERS)),
          Map.entry("xlm-roberta", bert("roberta", "encoder", BERT_LAYERS)),
          Map.entry("camembert", bert("roberta", "encoder", BERT_LAYERS)),
          Map.entry("distilbert", bert("distilbert", "transformer", DISTILBERT_LAYERS)),
          Map.entry("t5", t5()),
          Map.entry("mt5", t5()),
          Map.entry("umt5", t5()));

  /** Models whose head shares the table of tokens unless a configuration says otherwise. */
  private static final List<String> TIED = List.of("gpt2", "t5", "smollm3", "starcoder2");

  private GgufLayers() {}

  private static Architecture llama(String name) {
    return new Architecture(
        name,
        LLAMA_WHOLE,
        Map.of(Pattern.compile("model\\.layers\\.(\\d+)\\.(.+)"), "blk."),
        LLAMA_LAYERS);
  }

  private static Architecture bert(String model, String stack, Map<String, String> layers) {
    String table = "embeddings.word_embeddings";
    String blocks = "(?:" + model + "\\.)?" + stack + "\\.layer\\.(\\d+)\\.(.+)";
    return new Architecture(
        "bert",
        Map.of(table, "token_embd", model + "." + table, "token_embd"),
        Map.of(Pattern.compile(blocks), "blk."),
        layers);
  }

  private static Architecture t5() {
    return new Architecture(
        "t5",
        Map.of("shared", "token_embd", "lm_head", "output"),
        Map.of(
            Pattern.compile("encoder\\.block\\.(\\d+)\\.layer\\.(.+)"),
            "enc.blk.",
            Pattern.compile("decoder\\.block\\.(\\d+)\\.layer\\.(.+)"),
            "dec.blk."),
        T5_LAYERS);
  }

  /**
   * The names for a model.
   *
   * @param config in the words of transformers
   * @param sites its layers
   * @param model prefix of the sites' names, with its dot
   * @return none where llama.cpp has no such architecture
   */
  public static GgufLayerNames of(ConfigFile config, SiteCatalogue sites, String model) {
    Architecture known = KNOWN.get(config.text("model_type", ""));
    if (known == null) {
      return GgufLayerNames.NONE;
    }
    boolean paired = GgufArchitecture.paired(known.architecture());
    int heads = paired ? config.integer("num_attention_heads") : 0;
    int keyHeads = paired ? config.integer("num_key_value_heads", heads) : 0;
    SortedMap<String, GgufLayerNames.Name> names = new TreeMap<>();
    for (Site site : sites.all()) {
      String name = site.name().substring(model.length());
      layer(known, name)
          .filter(layer -> !layer.equals("output") || !tied(config))
          .ifPresent(
              layer ->
                  names.put(
                      site.name(),
                      new GgufLayerNames.Name(
                          layer + ".weight",
                          layer.endsWith("." + QUERY)
                              ? heads
                              : layer.endsWith("." + KEY) ? keyHeads : 0)));
    }
    return new GgufLayerNames(known.architecture(), names);
  }

  /** Returns true if the head shares the table of tokens, so that files have none of their own. */
  private static boolean tied(ConfigFile config) {
    boolean usual = TIED.contains(config.text("model_type", ""));
    return config.flag("tie_word_embeddings", usual);
  }

  private static Optional<String> layer(Architecture known, String name) {
    String whole = known.whole().get(name);
    if (whole != null) {
      return Optional.of(whole);
    }
    for (Map.Entry<Pattern, String> blocks : known.blocks().entrySet()) {
      Matcher block = blocks.getKey().matcher(name);
      String layer = block.matches() ? known.layers().get(block.group(2)) : null;
      if (layer != null) {
        return Optional.of(blocks.getValue() + block.group(1) + "." + layer);
      }
    }
    return Optional.empty();
  }
}
