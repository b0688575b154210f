package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.model.BasePrecision.StoredBits;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.OriginalFile;
import dev.lora4j.diffusion.SamePicture;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.TinyXl;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.request.Prompt;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A base with the denoiser of another file. */
class ReplacedDenoiserTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final LoadOptions PLAIN = LoadOptions.in(DType.F32);
  private static final String WEIGHTS = "unet/diffusion_pytorch_model.safetensors";
  private static final String UNET = "model.diffusion_model.";

  /** As ComfyUI-GGUF writes it ({@code golden/gguf_denoiser.py}). */
  private static final Path COMFY = Path.of("src/test/resources/tiny-sd-denoiser.gguf");

  @TempDir private Path temporary;

  @AfterAll
  static void close() {
    LORA.close();
  }

  private static int[] picture(Path base, LoadOptions options) {
    try (StableDiffusion sd = StableDiffusion.open(LORA, base, options)) {
      BufferedImage image = made(sd).image();
      return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }
  }

  private static GeneratedImage made(StableDiffusion sd) {
    return sd.generate(Prompt.of("a red fox").steps(3).seed(5));
  }

  /** The file of the base with another denoiser: half as wide an outcome of each layer's kernel. */
  private static OriginalFile tuned() {
    OriginalFile file = OriginalFile.of("sd1", TinySd.FOLDER);
    for (String key : file.keys()) {
      if (key.startsWith(UNET) && key.endsWith("out_layers.3.weight")) {
        HostTensor weight = file.get(key);
        float[] values = new float[(int) weight.shape().elements()];
        weight.floats(values, 0);
        for (int i = 0; i < values.length; i++) {
          values[i] *= 0.5f;
        }
        file.put(key, HostTensor.of(weight.shape(), values));
      }
    }
    return file;
  }

  private static OriginalFile alone(String prefix) {
    OriginalFile whole = tuned();
    OriginalFile alone = OriginalFile.empty();
    for (String key : whole.keys()) {
      if (key.startsWith(UNET)) {
        alone.put(prefix + key.substring(UNET.length()), whole.get(key));
      }
    }
    return alone;
  }

  private Path written(OriginalFile file, String name) {
    Path path = temporary.resolve(name);
    return name.endsWith(".gguf") ? file.writeGguf(path) : file.write(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "|unet.safetensors",
        "|unet.gguf",
        "diffusion_model.|unet.safetensors",
        "model.diffusion_model.|unet.gguf"
      })
  void pictureIsThatOfTheWholeModelWithThisDenoiser(String form) {
    String[] parts = form.split("\\|", -1);
    Path denoiser = written(alone(parts[0]), parts[1]);
    Path whole = written(tuned(), "whole.safetensors");
    LoadOptions configured = PLAIN.configuredBy(TinySd.FOLDER);
    int[] expected = picture(whole, configured);
    SamePicture.assertSame(expected, picture(TinySd.FOLDER, PLAIN.withDenoiser(denoiser)));
    assertFalse(SamePicture.is(expected, picture(TinySd.FOLDER, PLAIN)));
    // A base in one file has a denoiser of its own, which nobody asks for.
    Path single = written(OriginalFile.of("sd1", TinySd.FOLDER), "single.safetensors");
    SamePicture.assertSame(expected, picture(single, configured.withDenoiser(denoiser)));
  }

  @Test
  void denoiserOfAWholeFileIsTaken() {
    Path whole = written(tuned(), "whole.safetensors");
    int[] expected = picture(whole, PLAIN.configuredBy(TinySd.FOLDER));
    SamePicture.assertSame(expected, picture(TinySd.FOLDER, PLAIN.withDenoiser(whole)));
    try (StableDiffusion sd =
        StableDiffusion.open(LORA, TinySd.FOLDER, PLAIN.withDenoiser(whole))) {
      String notes = String.join("\n", sd.base().notes());
      assertTrue(notes.contains("The denoiser is that of whole.safetensors."), notes);
      assertTrue(notes.contains("tensors beside the denoiser"), notes);
    }
  }

  /** Blocks in rows of their own are the numbers that the package gguf makes of them. */
  @Test
  void fileOfComfyUiIsItsNumbers() throws IOException {
    try (TensorStore golden =
            TensorStore.open(Path.of("src/test/resources/tiny-sd-denoiser.safetensors"));
        StableDiffusion sd = StableDiffusion.open(LORA, TinySd.FOLDER, PLAIN.withDenoiser(COMFY));
        Scope scope = LORA.engine().scope("numbers")) {
      WeightStore weights = sd.base().denoiserWeights();
      assertEquals(5, golden.tensors().size());
      for (TensorInfo info : golden.tensors().values()) {
        HostTensor expected = HostTensor.of(info.dtype(), info.shape(), golden.read(info.name()));
        Tensor found = weights.numbers(scope, info.name());
        assertEquals(info.shape(), found.shape(), info.name());
        assertArrayEquals(expected.on(scope).floats(), found.floats(), info.name());
      }
      // The same numbers in diffusers' layout.
      SafetensorsWriter writer = new SafetensorsWriter();
      try (TensorStore names = TensorStore.open(TinySd.FOLDER.resolve(WEIGHTS))) {
        for (String name : names.tensors().keySet()) {
          HostTensor numbers = HostTensor.of(weights.numbers(scope, name));
          writer.add(name, numbers.dtype(), numbers.shape(), numbers.bytes());
        }
      }
      Path plain = temporary.resolve("diffusers.safetensors");
      writer.write(plain);
      int[] expected = picture(TinySd.FOLDER, PLAIN.withDenoiser(plain));
      SamePicture.assertSame(expected, picture(TinySd.FOLDER, PLAIN.withDenoiser(COMFY)));
      LoadOptions kept =
          LoadOptions.in(BasePrecision.in(DType.F32).with(StoredBits.KEPT)).withDenoiser(COMFY);
      try (StableDiffusion blocks = StableDiffusion.open(LORA, TinySd.FOLDER, kept)) {
        WeightStore stored = blocks.base().denoiserWeights();
        assertTrue(stored.forms().size() > 50, "" + stored.forms().size());
        for (String name : stored.forms().keySet()) {
          assertArrayEquals(
              weights.numbers(scope, name).floats(), stored.numbers(scope, name).floats(), name);
        }
      }
    }
  }

  @Test
  void identityCoversTheFile() throws IOException {
    Path denoiser = written(alone(""), "tuned.safetensors");
    try (StableDiffusion plain = StableDiffusion.open(LORA, TinySd.FOLDER, PLAIN);
        StableDiffusion tuned =
            StableDiffusion.open(LORA, TinySd.FOLDER, PLAIN.withDenoiser(denoiser))) {
      assertNotEquals(plain.base().hash(), tuned.base().hash());
      assertEquals("", made(plain).info().denoiser());
      GeneratedImage image = made(tuned);
      assertEquals("tuned.safetensors", image.info().denoiser());
      assertEquals(tuned.base().hash(), image.info().baseHash());
      assertTrue(image.infotext().contains(", Denoiser: tuned.safetensors"), image.infotext());
      assertFalse(made(plain).infotext().contains("Denoiser:"));
    }
    // A folder need not have the weights that are replaced.
    Path folder = copied(TinySd.FOLDER, temporary.resolve("base"));
    Files.delete(folder.resolve(WEIGHTS));
    SamePicture.assertSame(
        picture(TinySd.FOLDER, PLAIN.withDenoiser(denoiser)),
        picture(folder, PLAIN.withDenoiser(denoiser)));
  }

  /** An index stands for its files, all of which the base's hash covers. */
  @Test
  void denoiserInSeveralFilesIsRead() throws IOException {
    OriginalFile whole = alone("");
    OriginalFile first = OriginalFile.empty();
    OriginalFile second = OriginalFile.empty();
    JsonObject places = new JsonObject();
    for (String key : whole.keys()) {
      boolean early = key.startsWith("input");
      (early ? first : second).put(key, whole.get(key));
      places.addProperty(key, early ? "a.safetensors" : "b.safetensors");
    }
    Path one = written(whole, "one.safetensors");
    written(first, "a.safetensors");
    Path last = written(second, "b.safetensors");
    JsonObject json = new JsonObject();
    json.add("weight_map", places);
    Path index = temporary.resolve("unet.safetensors.index.json");
    Files.writeString(index, json.toString());
    SamePicture.assertSame(
        picture(TinySd.FOLDER, PLAIN.withDenoiser(one)),
        picture(TinySd.FOLDER, PLAIN.withDenoiser(index)));
    String before = hash(index);
    written(second.put("out.2.bias", 4), String.valueOf(last.getFileName()));
    assertNotEquals(before, hash(index));
  }

  private static String hash(Path denoiser) {
    try (StableDiffusion sd =
        StableDiffusion.open(LORA, TinySd.FOLDER, PLAIN.withDenoiser(denoiser))) {
      return sd.base().hash();
    }
  }

  private static Path copied(Path from, Path to) throws IOException {
    for (String part : List.of("unet", "vae", "text_encoder", "tokenizer", "scheduler")) {
      Files.createDirectories(to.resolve(part));
      try (var files = Files.list(from.resolve(part))) {
        for (Path file : files.toList()) {
          Files.copy(file, to.resolve(part).resolve(String.valueOf(file.getFileName())));
        }
      }
    }
    return to;
  }

  private static String refusal(Path base, Path denoiser) {
    return String.valueOf(
        assertThrows(
                RuntimeException.class,
                () -> StableDiffusion.open(LORA, base, PLAIN.withDenoiser(denoiser)).close())
            .getMessage());
  }

  @Test
  void denoiserOfAnotherKindIsRefusedByIt() {
    OriginalFile xl = OriginalFile.of("xl", TinyXl.FOLDER);
    Path file = written(xl, "xl.safetensors");
    String message = refusal(TinySd.FOLDER, file);
    assertTrue(message.contains("is the denoiser of a Stable Diffusion XL"), message);
    assertTrue(message.contains("--base"), message);
    assertFalse(message.contains("missing"), message);
    Path diffusers = TinySd.FOLDER.resolve(WEIGHTS);
    assertTrue(refusal(TinyXl.FOLDER, diffusers).contains("is a Stable Diffusion XL"));
  }

  @Test
  void whatIsNoDenoiserIsRefused() throws IOException {
    Path other =
        written(OriginalFile.empty().put("double_blocks.0.img_attn.qkv.weight", 4, 4), "f.gguf");
    String message = refusal(TinySd.FOLDER, other);
    assertTrue(message.contains("has no denoiser of Stable Diffusion"), message);
    assertTrue(message.contains("'stable-diffusion'"), message);
    assertTrue(refusal(TinySd.FOLDER, TinySd.FOLDER.resolve("unet")).contains("is a folder"));
    assertTrue(refusal(TinySd.FOLDER, temporary.resolve("no.gguf")).contains("There is no model"));
    Path pickle = Files.write(temporary.resolve("unet.ckpt"), new byte[4]);
    assertTrue(refusal(TinySd.FOLDER, pickle).contains("can run code"));
  }

  @Test
  void misfitsAreToldTogetherWithTheFile() {
    OriginalFile wrong =
        alone("")
            .remove("input_blocks.1.0.in_layers.0.bias")
            .put("surprise", 2)
            .put("v_pred", 1)
            .put("out.2.bias", 5);
    String message = refusal(TinySd.FOLDER, written(wrong, "wrong.safetensors"));
    assertTrue(
        message.contains("missing: wrong.safetensors: input_blocks.1.0.in_layers.0.bias"), message);
    assertTrue(message.contains("wrong.safetensors: out.2.bias is [5], expected [4]"), message);
    assertTrue(message.contains("not known: wrong.safetensors: surprise"), message);
    assertFalse(message.contains("v_pred"), message);
  }
}
