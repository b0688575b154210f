package dev.lora4j.text.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.GgufLayerNames;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterOutput.Written;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.gguf.GgufTensor;
import dev.lora4j.core.gguf.GgufValue;
import dev.lora4j.core.gguf.GgufValueType;
import dev.lora4j.core.gguf.GgufWriter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.model.TextModelOutline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters in GGUF, against those of llama.cpp's own script ({@code golden/gguf_adapters.py}). */
class GgufAdapterTest {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final Path GOLDEN = RESOURCES.resolve("gguf-adapters");

  @TempDir private Path folder;

  private static Family layers(String model) {
    return TextModelOutline.layers(RESOURCES.resolve("models").resolve(model), model, 0);
  }

  private static Adapter peft(String name, String base) {
    return AdapterFiles.read(RESOURCES.resolve(name), layers(base)).adapter();
  }

  private Written written(Adapter adapter, String base) {
    return written(adapter, base, WriteOptions.EXACT);
  }

  private Written written(Adapter adapter, String base, WriteOptions options) {
    return AdapterOutput.write(
        adapter,
        layers(base),
        AdapterWriters.named("gguf"),
        options,
        folder.resolve("adapter.gguf"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama",
        "mistral",
        "qwen2",
        "qwen3",
        "gemma2",
        "gemma3",
        "smollm3",
        "granite",
        "olmo2",
        "olmo3",
        "phi3",
        "starcoder2",
        "gpt2",
        "bert",
        "roberta",
        "distilbert",
        "t5",
        "flan-t5"
      })
  void namesAreThoseOfThePackageGguf(String model) throws IOException {
    JsonObject table =
        JsonParser.parseString(Files.readString(GOLDEN.resolve("names.json")))
            .getAsJsonObject()
            .getAsJsonObject(model);
    Family family = layers(model);
    GgufLayerNames names = family.gguf();
    assertFalse(names.layers().isEmpty());
    Map<String, String> expected = new TreeMap<>();
    for (Site site : family.sites().all()) {
      String key = site.name().substring(TextModel.MODEL.length() + 1) + ".weight";
      boolean block = key.matches(".*\\.(layers?|h|block)\\.\\d+\\..*");
      boolean outside = key.matches(".*(embed_tokens|wte|word_embeddings|shared|lm_head)\\.weight");
      boolean product = site.kind() == Site.Kind.LINEAR || site.kind() == Site.Kind.EMBEDDING;
      if (product && (block || outside) && table.has(key) && !key.contains("relative_attention")) {
        expected.put(site.name(), table.get(key).getAsString());
      }
    }
    Map<String, String> found = new TreeMap<>();
    names.layers().forEach((site, name) -> found.put(site, name.tensor()));
    assertEquals(expected, found);
    assertEquals(found.size(), Set.copyOf(found.values()).size());
  }

  @ParameterizedTest
  @CsvSource({"lora.gguf, adapters/lora, llama", "qwen2.gguf, gguf-adapters/qwen2, qwen2"})
  void theScriptsFileIsTheAdapterThatItWasMadeOf(String file, String peft, String base) {
    LoadedAdapter read = AdapterFiles.read(GOLDEN.resolve(file), layers(base));
    assertEquals(peft(peft, base).identity(), read.adapter().identity());
    assertEquals(Set.of("gguf"), read.dialects());
    assertTrue(read.account().ignored().isEmpty(), read.account().ignored().toString());
  }

  @ParameterizedTest
  @CsvSource({"lora.gguf, adapters/lora, llama", "qwen2.gguf, gguf-adapters/qwen2, qwen2"})
  void whatIsWrittenHasTheTensorsOfTheScripts(String file, String peft, String base) {
    Adapter adapter = peft(peft, base);
    Written written = written(adapter, base);
    assertEquals(List.of(), written.changes());
    GgufFile theirs = GgufFile.open(GOLDEN.resolve(file));
    GgufFile ours = GgufFile.open(written.path());
    assertEquals(theirs.tensors().keySet(), ours.tensors().keySet());
    for (GgufTensor tensor : theirs.tensors().values()) {
      GgufTensor own = ours.tensor(tensor.name());
      assertEquals(tensor.shape(), own.shape(), tensor.name());
      assertEquals(tensor.type(), own.type(), tensor.name());
      assertArrayEquals(bytes(theirs, tensor), bytes(ours, own), tensor.name());
    }
    for (String key :
        List.of("general.architecture", "general.type", "adapter.type", "adapter.lora.alpha")) {
      assertEquals(theirs.metadata().find(key), ours.metadata().find(key), key);
    }
    assertEquals(
        adapter.identity(), AdapterFiles.read(written.path(), layers(base)).adapter().identity());
  }

  private static byte[] bytes(GgufFile file, GgufTensor tensor) {
    byte[] bytes = new byte[(int) tensor.length()];
    file.read(tensor, 0, bytes, 0, bytes.length);
    return bytes;
  }

  /** Those of the table of tokens are turned, and its alpha is one for all layers. */
  @Test
  void factorsOfTheTableOfTokensAreFound() {
    Map<String, List<Factors>> peft = peft("adapters/patterns", "llama").sites();
    Map<String, List<Factors>> read =
        AdapterFiles.read(GOLDEN.resolve("table.gguf"), layers("llama")).adapter().sites();
    assertEquals(peft.keySet(), read.keySet());
    peft.forEach((site, all) -> assertEquals(pair(all).tensors(), tensors(read, site), site));
    assertTrue(read.containsKey(TextModel.MODEL + ".model.embed_tokens"));
    read.values()
        .forEach(all -> assertEquals(2, Double.parseDouble(all.get(0).settings().get("alpha"))));
  }

  private static Factors pair(List<Factors> all) {
    return all.stream().filter(f -> f.method().equals(LoraMethod.NAME)).findFirst().orElseThrow();
  }

  private static Map<String, HostTensor> tensors(Map<String, List<Factors>> sites, String site) {
    return Optional.ofNullable(sites.get(site)).orElseThrow().get(0).tensors();
  }

  @Test
  void quantisedAndHalfFactorsAreDequantised() {
    Map<String, List<Factors>> read =
        AdapterFiles.read(GOLDEN.resolve("mixed.gguf"), layers("llama")).adapter().sites();
    Map<String, List<Factors>> exact = peft("adapters/lora", "llama").sites();
    try (Safetensors expected = Safetensors.open(GOLDEN.resolve("mixed.safetensors"))) {
      for (int block = 0; block < 2; block++) {
        String site = TextModel.MODEL + ".model.layers." + block + ".self_attn.v_proj";
        for (String role : List.of(LoraMethod.DOWN, LoraMethod.UP)) {
          String key =
              "blk."
                  + block
                  + ".attn_v.weight"
                  + (role.equals(LoraMethod.DOWN) ? ".lora_a" : ".lora_b");
          TensorInfo info = Optional.ofNullable(expected.tensors().get(key)).orElseThrow();
          double[] numbers =
              HostTensor.owning(info.dtype(), info.shape(), expected.bytes(key)).doubles();
          assertArrayEquals(numbers, tensors(read, site).get(role).doubles(), key);
        }
        String query = TextModel.MODEL + ".model.layers." + block + ".self_attn.q_proj";
        assertArrayEquals(
            tensors(exact, query).get(LoraMethod.UP).doubles(),
            tensors(read, query).get(LoraMethod.UP).doubles(),
            0.02);
        assertTrue(
            Set.of(DType.F16, DType.BF16)
                .contains(tensors(read, query).get(LoraMethod.UP).dtype()));
      }
    }
  }

  /** With several alphas over ranks, or one over the square root, the scale is in the factors. */
  @ParameterizedTest
  @ValueSource(strings = {"rslora", "patterns"})
  void adaptersOfSeveralScalesHaveTheSameEffect(String name) {
    Adapter adapter = peft("adapters/" + name, "llama");
    if (name.equals("patterns")) {
      // PEFT saved a copy of the table beside its factors.
      String told =
          assertThrows(AdapterException.class, () -> written(adapter, "llama")).getMessage();
      assertTrue(told.contains("embed_tokens") && told.contains("--rewrite"), told);
    }
    Written written = written(adapter, "llama", WriteOptions.EXACT.rewritten());
    String changes = String.join(" ", written.changes());
    assertEquals(name.equals("patterns"), changes.contains("embed_tokens is left out"), changes);
    assertEquals(name.equals("patterns"), changes.contains("scale of 1 layers"), changes);
    Adapter read = AdapterFiles.read(written.path(), layers("llama")).adapter();
    assertEquals(adapter.sites().keySet(), read.sites().keySet());
    for (String site : adapter.sites().keySet()) {
      assertArrayEquals(delta(adapter, site), delta(read, site), 1e-6, site);
    }
  }

  private static double[] delta(Adapter adapter, String site) {
    Factors factors = pair(Optional.ofNullable(adapter.sites().get(site)).orElseThrow());
    HostTensor up = factors.tensor(LoraMethod.UP);
    HostTensor down = factors.tensor(LoraMethod.DOWN);
    int rank = (int) down.shape().size(0);
    int rows = (int) up.shape().size(0);
    int columns = (int) down.shape().size(1);
    double scale = factors.structure().number("alpha") / rank;
    double[] left = up.doubles();
    double[] right = down.doubles();
    double[] product = new double[rows * columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        for (int k = 0; k < rank; k++) {
          product[i * columns + j] += scale * left[i * rank + k] * right[k * columns + j];
        }
      }
    }
    return product;
  }

  /** llama.cpp's file of a layer has [out, in] of all bases; its loader requires it. */
  @Test
  void layersOfGpt2AreNotTurned() {
    Adapter adapter = peft("adapters/gpt2-lora", "gpt2");
    GgufFile file = GgufFile.open(written(adapter, "gpt2").path());
    long width = file.tensor("blk.0.attn_qkv.weight.lora_a").shape().size(1);
    assertEquals(3 * width, file.tensor("blk.0.attn_qkv.weight.lora_b").shape().size(0));
    assertEquals(
        adapter.identity(), AdapterFiles.read(file.path(), layers("gpt2")).adapter().identity());
  }

  @ParameterizedTest
  @CsvSource({
    "adapters/dora, llama, q_proj, dora",
    "adapters/llama-classes-lora, llama-classes, score, modules_to_save"
  })
  void whatLlamaCppHasNoFormForIsRefusedByName(
      String adapter, String base, String layer, String named) {
    Adapter read = peft(adapter, base);
    String told = assertThrows(AdapterException.class, () -> written(read, base)).getMessage();
    assertTrue(told.contains(named) || told.contains(layer), told);
    assertFalse(Files.exists(folder.resolve("adapter.gguf")));
  }

  @Test
  void aHeadThatSharesTheTableIsRefused() {
    Adapter every = peft("gguf-adapters/qwen2", "qwen2");
    Map<String, List<Factors>> sites = new HashMap<>();
    List<Factors> some =
        Optional.ofNullable(every.sites().get(TextModel.MODEL + ".model.layers.0.mlp.up_proj"))
            .orElseThrow();
    sites.put(TextModel.MODEL + ".lm_head", some);
    String told =
        assertThrows(
                AdapterException.class, () -> written(new Adapter("a", sites, Map.of()), "qwen2"))
            .getMessage();
    assertTrue(told.contains(TextModel.MODEL + ".lm_head") && told.contains("shares"), told);
  }

  @Test
  void theWritersBytesAreThoseOfThePackageGguf() throws IOException {
    GgufFile lora = GgufFile.open(GOLDEN.resolve("lora.gguf"));
    GgufWriter writer =
        new GgufWriter()
            .entry("general.architecture", new GgufValue.Text("llama"))
            .entry("general.type", new GgufValue.Text("adapter"))
            .entry("adapter.type", new GgufValue.Text("lora"))
            .entry("adapter.lora.alpha", new GgufValue.Real(8))
            .entry("a.flag", new GgufValue.Flag(true))
            .entry("a.number", new GgufValue.Whole(77, GgufValueType.U32));
    int i = 0;
    for (GgufTensor tensor : lora.tensors().values()) {
      HostTensor values = HostTensor.owning(DType.F32, tensor.shape(), bytes(lora, tensor));
      writer.tensor(
          tensor.name(),
          i++ == 3 ? HostTensor.of(DType.F16, values.shape(), values.doubles()) : values);
    }
    Path file = folder.resolve("plain.gguf");
    writer.write(file);
    assertEquals(-1, Files.mismatch(GOLDEN.resolve("plain.gguf"), file));
  }

  @Test
  void entriesOfTheHeaderComeBack() {
    Adapter adapter =
        peft("adapters/lora", "llama").described("mine", Map.of("ss_sd_model_name", "tiny"));
    Path file = written(adapter, "llama").path();
    assertEquals("tiny", AdapterFiles.metadata(file).entries().get("ss_sd_model_name"));
  }

  @Test
  void withoutItsBaseTheLayersAreNotGuessed() {
    Path file = GOLDEN.resolve("lora.gguf");
    String told =
        assertThrows(AdapterException.class, () -> AdapterFiles.examine(file, ReadOptions.STRICT))
            .getMessage();
    assertTrue(told.contains("--base") && told.contains("\"llama\""), told);
    String other =
        assertThrows(AdapterException.class, () -> AdapterFiles.read(file, layers("qwen2")))
            .getMessage();
    assertTrue(other.contains("\"llama\"") && other.contains("\"qwen2\""), other);
  }
}
