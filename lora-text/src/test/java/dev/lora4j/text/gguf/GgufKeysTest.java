package dev.lora4j.text.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.gguf.GgufException;
import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of keys of the metadata that change what a model computes. */
class GgufKeysTest {
  private static final Path MODELS = Path.of("src/test/resources/gguf");

  @TempDir private Path folder;

  private GgufLanguageModel opened(AlteredGguf file) throws IOException {
    return GgufLanguageModel.open(file.write(folder.resolve("m.gguf")));
  }

  @ParameterizedTest
  @CsvSource({
    "llama.expert_count,8,only 0",
    "llama.attention.sliding_window,4096,only 0",
    "llama.logit_scale,2,only 1",
    "llama.rope.scaling.type,longrope,only none or linear or yarn",
    "llama.use_parallel_residual,true,only false",
    "llama.attention.causal,false,only true",
    "llama.attention.value_length,32,the width of a head",
    "llama.final_logit_softcapping,30,is not known here",
    "llama.something.new,1,is not known here",
    "general.quantization_version,1,only 2",
    "split.count,3,only 0 or 1"
  })
  void keyThatCannotBeComputedIsRefusedByName(String key, String value, String expected)
      throws IOException {
    AlteredGguf file = AlteredGguf.of(MODELS.resolve("llama.gguf"));
    Object typed =
        value.matches("\\d+")
            ? (Object) Integer.valueOf(value)
            : value.matches("true|false") ? Boolean.valueOf(value) : value;
    // The file has this key already; only one may.
    AlteredGguf changed =
        key.equals("general.quantization_version")
            ? file.renamed(key, "general.quantization_varsion")
            : file;
    ModelException refusal =
        assertThrows(ModelException.class, () -> opened(changed.with(key, typed)));
    String message = refusal.getMessage();
    assertTrue(message.contains("'" + key + "' is " + value), message);
    assertTrue(message.contains(expected), message);
  }

  @ParameterizedTest
  @CsvSource({
    "llama.expert_count,0",
    "llama.logit_scale,1",
    "llama.rope.scaling.type,none",
    "llama.attention.key_length,16",
    "general.author,somebody",
    "general.sampling.temp,1",
    "another.program,its own"
  })
  void harmlessKeyChangesNothing(String key, String value) throws IOException {
    AlteredGguf file = AlteredGguf.of(MODELS.resolve("llama.gguf"));
    Object typed = value.matches("\\d+") ? (Object) Integer.valueOf(value) : value;
    assertEquals(
        opened(AlteredGguf.of(MODELS.resolve("llama.gguf"))).config().json(),
        opened(file.with(key, typed)).config().json());
  }

  /** What the file of a Gemma does not say is as in llama.cpp, and what it says is read. */
  @Test
  void gemmasOwnKeysAreRead() throws IOException {
    String full = "full_attention";
    String sliding = "sliding_attention";
    ConfigFile third = GgufLanguageModel.open(MODELS.resolve("gemma3.gguf")).config();
    assertEquals("gemma3_text", third.text("model_type", ""));
    assertEquals(
        List.of(sliding, sliding, sliding, sliding, sliding, full), third.texts("layer_types"));
    assertEquals(6, third.integer("sliding_window"));
    assertEquals(10_000, third.real("rope_local_base_freq", 0));
    assertEquals(32, third.integer("query_pre_attn_scalar"));
    assertFalse(third.has("final_logit_softcapping"));
    ConfigFile named = GgufLanguageModel.open(MODELS.resolve("gemma3-pattern.gguf")).config();
    assertEquals(List.of(sliding, full, sliding), named.texts("layer_types"));
    assertEquals(7000, named.real("rope_local_base_freq", 0));
    ConfigFile second = GgufLanguageModel.open(MODELS.resolve("gemma2.gguf")).config();
    assertEquals(3, second.real("attn_logit_softcapping", 0));
    assertEquals(5, second.real("final_logit_softcapping", 0));
    assertEquals(List.of(sliding, full), second.texts("layer_types"));
    AlteredGguf file = AlteredGguf.of(MODELS.resolve("gemma2.gguf"));
    for (String key :
        List.of(
            "gemma2.attn_logit_softcapping",
            "gemma2.final_logit_softcapping",
            "gemma2.attention.sliding_window")) {
      file = file.renamed(key, "nobody" + key.substring(6));
    }
    ConfigFile silent = opened(file).config();
    assertEquals(50, silent.real("attn_logit_softcapping", 0));
    assertEquals(30, silent.real("final_logit_softcapping", 0));
    assertEquals(4096, silent.integer("sliding_window"));
    AlteredGguf without =
        AlteredGguf.of(MODELS.resolve("gemma3.gguf"))
            .renamed("gemma3.attention.sliding_window", "nobody.attention.sliding_window");
    assertFalse(opened(without).config().texts("layer_types").contains(sliding));
  }

  @ParameterizedTest
  @CsvSource({
    "olmo2,olmo2.attention.sliding_window,4096,only 0",
    "gemma3,gemma3.attn_logit_softcapping,50,is not known here",
    "gemma2,gemma2.attention.sliding_window_pattern,3,only 2",
    "gemma2,gemma2.rope.freq_base_swa,7000,is not known here",
    "gemma3,gemma3.attention.scale,1,is not known here"
  })
  void keyOfGemmaThatCannotBeComputedIsRefusedByName(
      String name, String key, int value, String expected) throws IOException {
    AlteredGguf file = AlteredGguf.of(MODELS.resolve(name + ".gguf")).with(key, value);
    ModelException refusal = assertThrows(ModelException.class, () -> opened(file));
    String message = refusal.getMessage();
    assertTrue(message.contains("'" + key + "' is " + value), message);
    assertTrue(message.contains(expected), message);
  }

  @ParameterizedTest
  @CsvSource({
    "general.architecture,lama.architecture,general.architecture",
    "llama.block_count,llama_block_count,llama.block_count",
    "llama.attention.layer_norm_rms_epsilon,another.attention.layer_norm,layer_norm_rms_epsilon"
  })
  void keyThatIsMissingIsNamed(String key, String instead, String named) throws IOException {
    AlteredGguf file = AlteredGguf.of(MODELS.resolve("llama.gguf")).renamed(key, instead);
    GgufException refusal = assertThrows(GgufException.class, () -> opened(file));
    assertEquals(GgufException.Kind.MISSING_KEY, refusal.kind());
    assertTrue(refusal.getMessage().contains(named), refusal.getMessage());
  }

  @Test
  void otherArchitectureIsRefusedByName() throws IOException {
    AlteredGguf file = AlteredGguf.of(MODELS.resolve("llama.gguf")).renamed("llama", "mamba");
    ModelException refusal = assertThrows(ModelException.class, () -> opened(file));
    assertTrue(
        refusal.getMessage().contains("'mamba'") && refusal.getMessage().contains("llama, smollm3"),
        refusal.getMessage());
    AlteredGguf adapter = AlteredGguf.of(MODELS.resolve("llama.gguf")).renamed("model", "adapter");
    assertTrue(
        assertThrows(ModelException.class, () -> opened(adapter))
            .getMessage()
            .contains("'general.type' is adapter"));
  }

  /** What positions are scaled by is as the configuration of the model said it. */
  @Test
  void scalingOfPositionsIsRead() throws IOException {
    Map<String, String> found = new TreeMap<>();
    for (String name : new String[] {"llama", "llama3", "llama-linear", "qwen3"}) {
      GgufLanguageModel model = GgufLanguageModel.open(MODELS.resolve(name + ".gguf"));
      found.put(name, model.config().plain("rope_scaling").orElse("none"));
    }
    assertEquals("none", found.get("llama"));
    AlteredGguf unnamed =
        AlteredGguf.of(MODELS.resolve("llama.gguf")).with("llama.rope.scaling.factor", 2.0);
    assertEquals(
        "{\"rope_type\":\"linear\",\"factor\":2.0}",
        opened(unnamed).config().plain("rope_scaling").orElseThrow());
    assertEquals(
        "{\"rope_type\":\"llama3\",\"factor\":8.0,\"low_freq_factor\":1.0,"
            + "\"high_freq_factor\":4.0,\"original_max_position_embeddings\":8192}",
        found.get("llama3"));
    assertEquals("{\"rope_type\":\"linear\",\"factor\":4.0}", found.get("llama-linear"));
    assertEquals(
        "{\"rope_type\":\"yarn\",\"factor\":4.0,\"original_max_position_embeddings\":32}",
        found.get("qwen3"));
  }

  @Test
  void factorsOfAnotherScalingAreRefused() throws IOException {
    // Another base of frequencies than the factors were made for.
    AlteredGguf file =
        AlteredGguf.of(MODELS.resolve("llama3.gguf"))
            .renamed("llama.rope.freq_base", "llama_rope_freq_base");
    ModelException refusal = assertThrows(ModelException.class, () -> opened(file));
    assertTrue(refusal.getMessage().contains("rope_freqs.weight"), refusal.getMessage());
  }

  /** Keys that a file lacks are as in llama.cpp. */
  @Test
  void scalesOfGraniteAndLayersOfSmolLm3AreRead() throws IOException {
    ConfigFile said = GgufLanguageModel.open(MODELS.resolve("granite.gguf")).config();
    assertEquals(12, said.real("embedding_multiplier", 0));
    assertEquals(0.25, said.real("residual_multiplier", 0));
    assertEquals(0.125, said.real("attention_multiplier", 0));
    assertEquals(8, said.real("logits_scaling", 0));
    AlteredGguf file = AlteredGguf.of(MODELS.resolve("granite.gguf"));
    for (String key :
        List.of("granite.embedding_scale", "granite.residual_scale", "granite.attention.scale")) {
      file = file.renamed(key, "nobody_" + key.substring(7));
    }
    ConfigFile silent = opened(file).config();
    assertEquals(1, silent.real("embedding_multiplier", 0));
    assertEquals(1, silent.real("residual_multiplier", 0));
    assertEquals(0.25, silent.real("attention_multiplier", 0));
    AlteredGguf without =
        AlteredGguf.of(MODELS.resolve("granite.gguf"))
            .renamed("granite.logit_scale", "granite_logit_scale");
    assertTrue(
        String.valueOf(assertThrows(GgufException.class, () -> opened(without)).getMessage())
            .contains("granite.logit_scale"));
    ConfigFile third = GgufLanguageModel.open(MODELS.resolve("smollm3.gguf")).config();
    assertEquals("smollm3", third.text("model_type", ""));
    assertEquals(4, third.integer("no_rope_layer_interval"));
  }

  @Test
  void positionsAndWindowOfPhi3AreRead() throws IOException {
    Path path = MODELS.resolve("phi3.gguf");
    ConfigFile said = GgufLanguageModel.open(path).config();
    assertEquals(6, said.integer("sliding_window"));
    assertEquals(80, said.integer("original_max_position_embeddings"));
    ConfigFile scaling = said.section("rope_scaling").orElseThrow();
    assertEquals(List.of(1.0, 1.25, 1.5, 2.0, 3.0, 4.0), scaling.reals("short_factor"));
    assertEquals(List.of(1.0, 2.0, 3.0, 4.0, 5.0, 6.0), scaling.reals("long_factor"));
    AlteredGguf whole = AlteredGguf.of(path).renamed("phi3.rope.dimension_count", "another.count");
    assertTrue(
        String.valueOf(assertThrows(ModelException.class, () -> opened(whole)).getMessage())
            .contains("of the 16 elements"));
    AlteredGguf unsaid =
        AlteredGguf.of(path).renamed("phi3.rope.scaling.attn_factor", "another.attn_factor");
    assertTrue(
        String.valueOf(assertThrows(GgufException.class, () -> opened(unsaid)).getMessage())
            .contains("phi3.rope.scaling.attn_factor"));
    AlteredGguf seen =
        AlteredGguf.of(path).renamed("phi3.attention.sliding_window", "another.sliding_window");
    assertFalse(opened(seen).config().has("sliding_window"));
  }

  /** No key has two rows, and each table has rows of its own. */
  @ParameterizedTest
  @EnumSource
  void tablesDoNotOverlap(GgufArchitecture architecture) {
    for (ConfigFields tokens : List.of(GgufKeys.TOKENS, GgufKeys.T5_TOKENS)) {
      Map<String, ConfigFields.Rule> all = new TreeMap<>(GgufKeys.GENERAL.rules());
      int before = all.size();
      all.putAll(tokens.rules());
      all.putAll(GgufKeys.of(architecture).rules());
      assertEquals(
          before + tokens.rules().size() + GgufKeys.of(architecture).rules().size(), all.size());
    }
  }
}
