package dev.lora4j.bench.text;

import dev.lora4j.bench.RandomWeights;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Parameter.Init;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.train.SeededNoise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An encoder of the sizes of all-MiniLM-L6-v2 with weights from chance. */
final class EncoderOfChance {
  private static final int WORDS = 30522;
  private static final int PLACES = 512;
  private static final int WIDTH = 384;
  private static final int INNER = 1536;
  private static final int LAYERS = 6;

  private static final String CONFIG =
      """
      {"architectures": ["BertModel"], "model_type": "bert", "vocab_size": 30522, "hidden_size": 384,
       "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 1536,
       "max_position_embeddings": 512, "type_vocab_size": 2, "hidden_act": "gelu",
       "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, "layer_norm_eps": 1e-12,
       "pad_token_id": 0}
      """;

  /** It reads ids alone here, so few words do. */
  private static final String TOKENIZER =
      """
      {"version": "1.0", "added_tokens": [], "pre_tokenizer": {"type": "BertPreTokenizer"},
       "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
       "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
         "max_input_chars_per_word": 100, "vocab": {"[PAD]": 0, "[CLS]": 1, "[SEP]": 2, "[UNK]": 3}}}
      """;

  private EncoderOfChance() {}

  /** Writes it, once. */
  static Path write(Path folder) {
    Path model = folder.resolve("minilm");
    try {
      if (!Files.exists(model.resolve("model.safetensors"))) {
        RandomWeights.write(model.resolve("model.safetensors"), DType.F32, parameters());
        Files.writeString(model.resolve("config.json"), CONFIG);
        Files.writeString(model.resolve("tokenizer.json"), TOKENIZER);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return model;
  }

  private static List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    table(all, "word_embeddings", WORDS);
    table(all, "position_embeddings", PLACES);
    table(all, "token_type_embeddings", 2);
    norm(all, "embeddings.LayerNorm");
    for (int i = 0; i < LAYERS; i++) {
      String layer = "encoder.layer." + i + ".";
      for (String name : List.of("query", "key", "value")) {
        linear(all, layer + "attention.self." + name, WIDTH, WIDTH);
      }
      linear(all, layer + "attention.output.dense", WIDTH, WIDTH);
      norm(all, layer + "attention.output.LayerNorm");
      linear(all, layer + "intermediate.dense", INNER, WIDTH);
      linear(all, layer + "output.dense", WIDTH, INNER);
      norm(all, layer + "output.LayerNorm");
    }
    linear(all, "pooler.dense", WIDTH, WIDTH);
    return all;
  }

  private static void table(List<Parameter> all, String name, int entries) {
    all.add(
        new Parameter("embeddings." + name + ".weight", Shape.of(entries, WIDTH), Init.KAIMING));
  }

  private static void linear(List<Parameter> all, String name, int out, int in) {
    all.add(new Parameter(name + ".weight", Shape.of(out, in), Init.KAIMING));
    all.add(new Parameter(name + ".bias", Shape.of(out), Init.ZEROS));
  }

  private static void norm(List<Parameter> all, String name) {
    all.add(new Parameter(name + ".weight", Shape.of(WIDTH), Init.ONES));
    all.add(new Parameter(name + ".bias", Shape.of(WIDTH), Init.ZEROS));
  }

  /** Tokens of a text, the same for everybody. */
  static int[] text(int row, int tokens) {
    SeededNoise noise = SeededNoise.of(9, row);
    int[] text = new int[tokens];
    Arrays.setAll(text, i -> 1 + noise.index(WORDS - 1));
    return text;
  }
}
