package dev.lora4j.diffusion.base;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.diffusion.clip.ClipText;
import dev.lora4j.diffusion.clip.ClipTextConfig;
import dev.lora4j.diffusion.sampling.SchedulerConfig;
import dev.lora4j.diffusion.sampling.SchedulerRequirements;
import dev.lora4j.diffusion.unet.TimeActivation;
import dev.lora4j.diffusion.unet.UNet;
import dev.lora4j.diffusion.unet.UNetConfig;
import dev.lora4j.diffusion.unet.UNetVariant;
import dev.lora4j.diffusion.vae.Vae;
import dev.lora4j.diffusion.vae.VaeConfig;
import dev.lora4j.diffusion.vae.VaeParts;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By what published pictures, adapters and runs know the configuration of their base. */
class BaseIdentityTest {
  private static final String BUNDLED =
      "../plugins/emoji-sd/src/main/resources/dev/lora4j/emoji/files/base";

  @ParameterizedTest
  @CsvSource({
    BUNDLED + ",c5deb4741c97",
    "src/test/resources/tiny-sd,ed1964693fe0",
    "src/test/resources/tiny-xl,4dbe11e2e68c"
  })
  void configurationsKeepTheirDigest(String folder, String digest) {
    assertEquals(digest, DiffusersConfigs.of(Path.of(folder)).identity());
  }

  /** One that differs from Stable Diffusion's in all that can differ. */
  @Test
  void identityOfAVariantIsStable() {
    UNetVariant variant =
        new UNetVariant(
            0,
            UNetVariant.Middle.RESIDUAL,
            1.5,
            true,
            true,
            1,
            96,
            Optional.of(TimeActivation.SILU),
            Optional.of(TimeActivation.GELU),
            16,
            List.of(List.of(0, 2), List.of(4, 10)),
            List.of(List.of(10, 4), List.of(2, 1)));
    UNetConfig unet =
        new UNetConfig(
            4,
            4,
            List.of(32, 64),
            List.of(false, true),
            List.of(true, false),
            2,
            2048,
            List.of(1, 2),
            32,
            1e-5,
            true,
            List.of(1, 10),
            true,
            Optional.of(new UNetConfig.Added(256, 2816)),
            variant);
    VaeConfig vae =
        new VaeConfig(
            3, 3, 4, List.of(128, 256), 2, 32, 0.13025, 0.1159, new VaeParts(false, true, false));
    ClipTextConfig text = new ClipTextConfig(49408, 768, 3072, 12, 12, 77, 1e-5, true, 1280);
    SchedulerConfig schedule =
        new SchedulerConfig(
            1000,
            SchedulerConfig.Betas.SCALED_LINEAR,
            0.00085,
            0.012,
            SchedulerConfig.Prediction.V_PREDICTION,
            SchedulerConfig.Spacing.TRAILING,
            1,
            true,
            true,
            SchedulerConfig.Sigmas.KARRAS,
            3.1,
            List.of(1e-4, 0.02),
            SchedulerRequirements.NONE);
    ModelConfigs configs =
        new ModelConfigs(
            new UNet(unet, true),
            new Vae(vae),
            List.of(new ModelConfigs.Text("text_encoder_2", new ClipText(text, 49407))),
            schedule,
            128,
            true,
            OptionalInt.empty());
    assertEquals("001f62eb93ac", configs.identity());
  }
}
