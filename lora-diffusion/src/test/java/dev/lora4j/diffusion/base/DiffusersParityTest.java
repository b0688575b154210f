package dev.lora4j.diffusion.base;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.NetworkWeights;
import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.TinySd;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Each network against what diffusers and transformers compute on the same weights. */
class DiffusersParityTest {
  private static final Engine ENGINE = Engine.open();
  private static final TinySd TINY = new TinySd();
  private static final double CLOSE = 1e-5;

  @AfterAll
  static void close() {
    ENGINE.close();
    TINY.close();
  }

  private static List<Tensor> run(
      Scope scope, String folder, String file, Network.Staging staging, Map<String, Tensor> data) {
    WeightStore weights =
        NetworkWeights.load(
            scope,
            TinySd.FOLDER.resolve(folder).resolve(file),
            DType.F32,
            Network.parameters(DType.F32, staging));
    return Network.compile(scope, folder, DType.F32, staging).run(scope, weights, data);
  }

  @Test
  void textEncoder() {
    try (Scope scope = ENGINE.scope("test")) {
      Network.Staging staging =
          StagedNetworks.text(
              DiffusersConfigs.text(TinySd.FOLDER, "text_encoder"),
              HiddenLayer.LAST,
              DType.F32,
              AdapterInputs.NONE);
      Map<String, Tensor> data = Map.of("ids", TINY.longs(scope, "text.ids"));
      TINY.assertClose(
          "text.last_hidden_state",
          run(scope, "text_encoder", "model.safetensors", staging, data).get(0),
          CLOSE);
    }
  }

  @Test
  void unetAtTwoSizes() {
    try (Scope scope = ENGINE.scope("test")) {
      Network.Staging staging =
          StagedNetworks.denoiser(
              DiffusersConfigs.denoiser(TinySd.FOLDER), DType.F32, AdapterInputs.NONE);
      float[] context = TINY.floats("text.last_hidden_state");
      for (String name : List.of("unet", "unet_wide")) {
        long batch = TINY.shape(name + ".x").size(0);
        float[] rows = java.util.Arrays.copyOf(context, (int) (batch * context.length / 2));
        Map<String, Tensor> data =
            Map.of(
                "x", TINY.tensor(scope, name + ".x"),
                "timesteps", TINY.tensor(scope, name + ".t"),
                "context", Tensor.of(scope, Shape.of(batch, 77, 24), rows));
        TINY.assertClose(
            name + ".y",
            run(scope, "unet", "diffusion_pytorch_model.safetensors", staging, data).get(0),
            CLOSE);
      }
    }
  }

  @Test
  void autoencoderBothWays() {
    try (Scope scope = ENGINE.scope("test")) {
      Network.Staging encoder =
          StagedNetworks.encoder(DiffusersConfigs.vae(TinySd.FOLDER), DType.F32);
      Network.Staging decoder =
          StagedNetworks.decoder(DiffusersConfigs.vae(TinySd.FOLDER), DType.F32);
      WeightStore weights =
          NetworkWeights.load(
              scope,
              TinySd.FOLDER.resolve("vae/diffusion_pytorch_model.safetensors"),
              DType.F32,
              java.util.stream.Stream.of(encoder, decoder)
                  .flatMap(s -> Network.parameters(DType.F32, s).stream())
                  .toList());
      Map<String, Tensor> picture = Map.of("x", TINY.tensor(scope, "vae.image"));
      List<Tensor> moments =
          Network.compile(scope, "vae", DType.F32, encoder).run(scope, weights, picture);
      TINY.assertClose("vae.mean", moments.get(0), CLOSE);
      TINY.assertClose("vae.logvar", moments.get(1), CLOSE);
      Map<String, Tensor> latent = Map.of("z", TINY.tensor(scope, "vae.z"));
      TINY.assertClose(
          "vae.decoded",
          Network.compile(scope, "vae", DType.F32, decoder).run(scope, weights, latent).get(0),
          CLOSE);
    }
  }
}
