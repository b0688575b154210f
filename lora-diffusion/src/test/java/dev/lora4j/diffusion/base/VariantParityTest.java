package dev.lora4j.diffusion.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each field that a denoiser or autoencoder heeds, against diffusers with weights by a formula. */
class VariantParityTest {
  private static final Engine ENGINE = Engine.open();
  private static final VariantFolder UNET =
      new VariantFolder("unet.safetensors", "UNet2DConditionModel");
  private static final VariantFolder VAE = new VariantFolder("vae.safetensors", "AutoencoderKL");
  private static final double CLOSE = 1e-5;

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    ENGINE.close();
    UNET.close();
    VAE.close();
  }

  static Stream<String> denoisers() {
    return UNET.cases().keySet().stream();
  }

  static Stream<String> autoencoders() {
    return VAE.cases().keySet().stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("denoisers")
  void denoiserPredictsAsDiffusers(String name) throws IOException {
    JsonObject config = UNET.config(name);
    VariantFolder.write(folder, "unet", config);
    try (Scope scope = ENGINE.scope("test")) {
      Map<String, Tensor> data = new HashMap<>();
      int channels = config.get("in_channels").getAsInt();
      int width = config.get("cross_attention_dim").getAsInt();
      data.put("x", FormulaModel.input(scope, "x", 1, 2, channels, 8, 8));
      data.put("context", FormulaModel.input(scope, "context", 1, 2, 5, width));
      data.put("timesteps", Tensor.of(scope, Shape.of(2), new float[] {7, 873}));
      if (config.has("addition_embed_type")) {
        data.put("pooled", FormulaModel.input(scope, "pooled", 1, 2, 6));
        float[] sizes = {64, 48, 0, 8, 64, 64, 64, 48, 0, 8, 64, 64};
        data.put("sizes", Tensor.of(scope, Shape.of(2, 6), sizes));
      }
      if (config.has("time_cond_proj_dim")) {
        float[] guidance = UNET.floats("guidance");
        data.put(
            StagedNetworks.GUIDANCE, Tensor.of(scope, Shape.of(2, guidance.length / 2), guidance));
      }
      var network =
          StagedNetworks.denoiser(DiffusersConfigs.denoiser(folder), DType.F32, AdapterInputs.NONE);
      assertClose(name, UNET.floats(name), FormulaNetwork.run(scope, network, data).get(0));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("autoencoders")
  void autoencoderEncodesAndDecodesAsDiffusers(String name) throws IOException {
    JsonObject config = VAE.config(name);
    VariantFolder.write(folder, "vae", config);
    try (Scope scope = ENGINE.scope("test")) {
      int channels = config.get("in_channels").getAsInt();
      int latents = config.get("latent_channels").getAsInt();
      Tensor x = FormulaModel.input(scope, "x", 1, 1, channels, 16, 16);
      Tensor z = FormulaModel.input(scope, "z", 1, 1, latents, 8, 8);
      var encoder = StagedNetworks.encoder(DiffusersConfigs.vae(folder), DType.F32);
      var decoder = StagedNetworks.decoder(DiffusersConfigs.vae(folder), DType.F32);
      assertClose(
          name,
          VAE.floats(name + ".mean"),
          FormulaNetwork.run(scope, encoder, Map.of("x", x)).get(0));
      assertClose(
          name,
          VAE.floats(name + ".decoded"),
          FormulaNetwork.run(scope, decoder, Map.of("z", z)).get(0));
    }
  }

  private static void assertClose(String name, float[] expected, Tensor tensor) {
    float[] found = tensor.floats();
    assertEquals(expected.length, found.length, name);
    double scale = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      scale = Math.max(scale, Math.abs(expected[i]));
      worst = Math.max(worst, Math.abs(expected[i] - found[i]));
    }
    assertTrue(worst <= CLOSE * scale, name + ": " + worst / scale + " of the scale");
  }
}
