package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.TinyXl;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.config.Presets;
import dev.lora4j.diffusion.config.RunSettings;
import dev.lora4j.diffusion.config.SettingLayers;
import dev.lora4j.diffusion.config.kohya.KohyaOptions;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole runs of few steps, by the keys of a run file: what is said is done, saved and read back.
 */
@Tag("slow")
class RunMatrixTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final StableDiffusion XL = StableDiffusion.open(LORA, TinyXl.FOLDER);
  private static String plain = "";
  @TempDir Path folder;

  /** Adapter of a run where no key is said. */
  @BeforeAll
  static void trainPlainly() {
    plain = trainer(SD).run().adapter().identity();
  }

  @AfterAll
  static void close() {
    XL.close();
    SD.close();
    LORA.close();
  }

  private static List<Picture> pictures(StableDiffusion sd) {
    int side = sd.base().sampleSize() * sd.base().vae().scale();
    List<Picture> pictures = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      byte[] rgb = new byte[3 * side * side];
      Arrays.fill(rgb, 0, side * side * (i % 3), (byte) (40 * i));
      pictures.add(new Picture("p" + i, "thing " + i, side, side, rgb));
    }
    return pictures;
  }

  private static StyleSettings settings(String... keys) {
    SettingLayers layers = new SettingLayers(KohyaOptions::new);
    Presets.read("quick", layers);
    layers.set("out", "x.safetensors", "test");
    layers.set("steps", 3L, "test");
    layers.set("adapter.rank", 2L, "test");
    layers.set("stored", "f32", "test");
    for (String key : keys) {
      String[] parts = key.split("=", 2);
      layers.setText(parts[0].strip(), parts[1].strip(), "test");
    }
    return RunSettings.of(layers.values()).style();
  }

  private static StyleTrainer trainer(StableDiffusion sd, String... keys) {
    return StyleTrainer.on(sd).images(pictures(sd)).batch(2).settings(settings(keys));
  }

  private TrainedStyle train(StableDiffusion sd, String... keys) {
    TrainedStyle style = trainer(sd, keys).run();
    Path file = folder.resolve("a.safetensors");
    style.save(file);
    assertEquals(style.adapter().identity(), sd.adapter(file).identity());
    assertTrue(style.losses().stream().allMatch(Float::isFinite), style.losses()::toString);
    return style;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "adapter.method=loha",
        "adapter.method=lokr | adapter.factor=2",
        "adapter.method=dora",
        "adapter.method=ia3 | adapter.targets=attention",
        "adapter.method=full | adapter.targets=attention",
        "adapter.method=tlora | adapter.text_encoder=true | caption_chunks=2",
        "adapter.method=tlora | adapter.settings={ sig_type = 'last' } | adapter.rslora=true",
        "adapter.method=tlora | adapter.settings={ form = 'tlora' } | adapter.targets=attention",
        "adapter.init=pissa | adapter.rslora=true",
        "adapter.init=olora | adapter.targets=attention",
        "adapter.init=eva | adapter.eva_tau=0.9 | adapter.calibration_batches=4",
        "adapter.init=eva | adapter.eva_rho=1 | adapter.eva_whiten=true | checkpointing=true",
        "adapter.init=lora-ga | checkpointing=true | adapter.lora_ga_gamma=64",
        "adapter.init=corda | adapter.targets=attention | adapter.corda_method=kpm",
        "adapter.rank_rule=by-energy | adapter.rank_max=5 | adapter.text_encoder=true",
        "adapter.rank_rule=by-energy | adapter.init=pissa | gradient_accumulation=2",
        "adapter.init=orthogonal | optimizer.loraplus_lr_ratio=16",
        "optimizer.name=lion | schedule.name=linear",
        "optimizer.name=adafactor | schedule.name=constant",
        "optimizer.name=prodigy | optimizer.rate=1",
        "optimizer.name=schedule_free_adamw | schedule.name=constant",
        "gradient_accumulation=2 | optimizer.ema_decay=0.9",
        "checkpointing=true | adapter.dropout=0.1",
        "adapter.max_norm=0.001 | optimizer.rate=0.1",
        "adapter.method=loha | adapter.max_norm=0.001 | optimizer.rate=0.1",
        "adapter.method=lokr | adapter.max_norm=0.001 | optimizer.rate=0.1",
        "loss.type=huber | loss.noise_offset=0.1",
        "loss.multires_noise_iterations=3 | loss.input_perturbation=0.1",
        "clip_skip=2 | adapter.include=*attn2*",
      })
  void runOfEachSettingTrainsAndReadsBack(String keys) {
    TrainedStyle style = train(SD, keys.split("\\|", -1));
    assertEquals(3, style.losses().size());
    assertNotEquals(style.adapter().identity(), plain, "the keys have an effect");
  }

  @Test
  void textEncodersAreTrainedAtTheirOwnRate() {
    Adapter both =
        train(SD, "adapter.text_encoder=true", "optimizer.text_encoder_rate=5e-5").adapter();
    assertTrue(
        both.sites().keySet().stream().anyMatch(s -> s.startsWith("text_encoder.")),
        both.sites().keySet()::toString);
    assertTrue(both.sites().keySet().stream().anyMatch(s -> s.startsWith("unet.")));
    Adapter other =
        train(SD, "adapter.text_encoder=true", "optimizer.text_encoder_rate=5e-4").adapter();
    assertNotEquals(both.identity(), other.identity());
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void stableDiffusionXlIsTrained(boolean text) {
    Adapter adapter = train(XL, "adapter.text_encoder=" + text).adapter();
    assertTrue(adapter.sites().keySet().stream().anyMatch(s -> s.startsWith("unet.")));
    assertEquals(
        text, adapter.sites().keySet().stream().anyMatch(s -> s.startsWith("text_encoder_2.")));
  }

  @Test
  void maxNormLimitsEveryDelta() {
    double most = 0.001;
    Adapter adapter = train(SD, "adapter.max_norm=" + most, "optimizer.rate=0.1").adapter();
    assertFalse(adapter.sites().isEmpty());
    adapter
        .sites()
        .forEach(
            (site, factors) -> {
              double norm = Norms.of(factors.get(0));
              assertTrue(norm < 1.001 * most, site + " has " + norm);
            });
  }

  @Test
  void halfPrecisionTrains() {
    try (StableDiffusion half =
        StableDiffusion.open(LORA, TinySd.FOLDER, LoadOptions.in(DType.BF16))) {
      assertEquals(3, train(half).losses().size());
    }
  }

  /** The Frobenius norm of a change of LoRA's form, multiplied out. */
  private static final class Norms {
    static double of(Factors factors) {
      double[] up = factors.tensor(LoraMethod.UP).doubles();
      double[] down = factors.tensor(LoraMethod.DOWN).doubles();
      int rank = (int) factors.tensor(LoraMethod.DOWN).shape().size(0);
      int out = up.length / rank;
      int in = down.length / rank;
      double scale = Double.parseDouble(factors.settings().getOrDefault("alpha", "")) / rank;
      double sum = 0;
      for (int o = 0; o < out; o++) {
        for (int i = 0; i < in; i++) {
          double product = 0;
          for (int r = 0; r < rank; r++) {
            product += up[o * rank + r] * down[r * in + i];
          }
          sum += scale * product * scale * product;
        }
      }
      return Math.sqrt(sum);
    }
  }
}
