package dev.lora4j.diffusion.base;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stable Diffusion 1.5 at its real size, 1.07 billion weights by {@link FormulaModel}, against what
 * diffusers and transformers compute with the same. Takes 4.3 GB of disk and of memory.
 */
@Tag("slow")
class FullSizeTest {
  private static final Path FULL_SIZE = Path.of("src/test/resources/full-size");

  /** The square root of 3: uniform numbers up to it have variance 1. */
  private static final float UNIT = 1.7320508f;

  @Test
  void allNetworksAreThoseOfDiffusersAndTransformers(@TempDir Path folder) throws IOException {
    copyConfigurations(folder);
    FormulaModel.writeText(folder, "text_encoder");
    FormulaModel.writeUnet(folder);
    FormulaModel.writeVae(folder);
    try (Engine engine = Engine.open();
        Scope scope = engine.scope("full-size");
        Fingerprints golden = Fingerprints.open(FULL_SIZE.resolve("golden.safetensors"))) {
      DiffusionModel model = DiffusionModel.load(scope, folder, LoadOptions.in(DType.F32));
      long[] ids = new long[77];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = (i * 7919L) % 49406;
      }
      TextEncoder encoder = model.textEncoders().get(0);
      Network.Staging text =
          StagedNetworks.text(encoder.network(), HiddenLayer.LAST, DType.F32, AdapterInputs.NONE);
      Map<String, Tensor> told = Map.of("ids", Tensor.ofLongs(scope, Shape.of(1, 77), ids));
      Tensor context =
          Network.compile(scope, "text_encoder", DType.F32, text)
              .run(scope, encoder.weights(), told)
              .get(0);
      golden.assertClose("text", context);

      Network.Staging unet =
          StagedNetworks.denoiser(model.denoiser(), DType.F32, AdapterInputs.NONE);
      Map<String, Tensor> noisy =
          Map.of(
              "x", FormulaModel.input(scope, "x", UNIT, 1, 4, 64, 64),
              "timesteps", Tensor.of(scope, Shape.of(1), 601),
              "context", context);
      golden.assertClose(
          "unet",
          Network.compile(scope, "unet", DType.F32, unet)
              .run(scope, model.denoiserWeights(), noisy)
              .get(0));

      Network.Staging decoder = StagedNetworks.decoder(model.vae(), DType.F32);
      Map<String, Tensor> latent = Map.of("z", FormulaModel.input(scope, "z", UNIT, 1, 4, 24, 16));
      golden.assertClose("decoded", run(scope, model, decoder, latent));
      Network.Staging encoderOfPictures = StagedNetworks.encoder(model.vae(), DType.F32);
      Map<String, Tensor> picture =
          Map.of("x", FormulaModel.input(scope, "picture", 1, 1, 3, 128, 192));
      golden.assertClose("encoded", run(scope, model, encoderOfPictures, picture));
    }
  }

  private static Tensor run(
      Scope scope, DiffusionModel model, Network.Staging staging, Map<String, Tensor> data) {
    return Network.compile(scope, "vae", DType.F32, staging)
        .run(scope, model.vaeWeights(), data)
        .get(0);
  }

  private static void copyConfigurations(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(FULL_SIZE)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
        Path copy = folder.resolve(FULL_SIZE.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }
}
