package dev.lora4j.text.gguf;

import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.model.ModelException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Architectures of GGUF files that can be computed, by the names of llama.cpp. */
public enum GgufArchitecture {
  /** LLaMA, Mistral, SmolLM. Rows of queries and keys lie in pairs. */
  LLAMA("LlamaForCausalLM", true),
  /** SmolLM 3, where every fourth layer has no positions. Rows lie in pairs. */
  SMOLLM3("SmolLM3ForCausalLM", true),
  /** Granite without experts. Rows lie in pairs. */
  GRANITE("GraniteForCausalLM", true),
  /** OLMo 2. Norms are behind layers. */
  OLMO2("Olmo2ForCausalLM", false),
  /** Phi-3, 3.5 and 4. Queries, keys and values are the outputs of one layer. */
  PHI3("Phi3ForCausalLM", false),
  /** Qwen 2 and 2.5. */
  QWEN2("Qwen2ForCausalLM", false),
  /** Qwen 3. */
  QWEN3("Qwen3ForCausalLM", false),
  /** Gemma 2. Norms have 1 added to their weights. */
  GEMMA2("Gemma2ForCausalLM", false),
  /** The text models of Gemma 3. Norms have 1 added to their weights. */
  GEMMA3("Gemma3ForCausalLM", false),
  /** T5, FLAN-T5, mT5, UMT5. */
  T5("T5ForConditionalGeneration", false);

  /** The encoder of a T5 without its decoder. */
  private static final String ENCODER = "t5encoder";

  private static final String KEY = "general.architecture";

  private final String modelClass;
  private final boolean pairedHeads;

  GgufArchitecture(String modelClass, boolean pairedHeads) {
    this.modelClass = modelClass;
    this.pairedHeads = pairedHeads;
  }

  /**
   * The architecture of a file.
   *
   * @throws ModelException if it is another
   */
  static GgufArchitecture of(GgufFile file) {
    String found = file.metadata().text(KEY).orElseThrow(() -> file.metadata().lacking(KEY));
    if (found.equals(ENCODER)) {
      throw new ModelException(
          file.path()
              + " is the encoder of a T5 alone (t5encoder), which writes no text. Take a file of the"
              + " whole model (t5); bases of pictures take their encoders from folders of diffusers.");
    }
    return Arrays.stream(values())
        .filter(a -> a.key().equals(found))
        .findFirst()
        .orElseThrow(
            () ->
                new ModelException(
                    file.path()
                        + " is a model of the architecture '"
                        + found
                        + "', which cannot be computed from GGUF; known are "
                        + String.join(", ", names())
                        + "."));
  }

  private static List<String> names() {
    return Arrays.stream(values()).map(GgufArchitecture::key).toList();
  }

  /** Its name in files. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The {@code model_type} of transformers. */
  String modelType() {
    return this == GEMMA3 ? "gemma3_text" : key();
  }

  /** True for Gemma. */
  boolean gemma() {
    return this == GEMMA2 || this == GEMMA3;
  }

  /** The class of transformers. */
  String modelClass() {
    return modelClass;
  }

  /** Returns true if rows of queries and keys lie in pairs in an architecture of this name. */
  static boolean paired(String key) {
    return Arrays.stream(values()).anyMatch(a -> a.pairedHeads && a.key().equals(key));
  }

  /** Returns true if rows of queries and keys lie in the pairs that turn together. */
  boolean pairedHeads() {
    return pairedHeads;
  }
}
