package dev.lora4j.text.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.gguf.GgufException;
import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ModelException;
import java.io.IOException;
import java.nio.file.Path;
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
        refusal.getMessage().contains("'mamba'") && refusal.getMessage().contains("llama, qwen2"),
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

  /** No key has two rows, and each table has rows of its own. */
  @ParameterizedTest
  @EnumSource
  void tablesDoNotOverlap(GgufArchitecture architecture) {
    Map<String, ConfigFields.Rule> all = new TreeMap<>(GgufKeys.GENERAL.rules());
    int before = all.size();
    all.putAll(GgufKeys.TOKENS.rules());
    all.putAll(GgufKeys.of(architecture).rules());
    assertEquals(
        before + GgufKeys.TOKENS.rules().size() + GgufKeys.of(architecture).rules().size(),
        all.size());
  }
}
