package dev.lora4j.diffusion.unet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.TinyXl;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.FormulaModel;
import dev.lora4j.diffusion.base.FormulaNetwork;
import dev.lora4j.diffusion.base.StagedNetworks;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What lets a test that runs one block at a time speak for the whole network. */
class BlockByBlockTest {
  @Test
  void theBlocksInOrderAreTheNetwork() {
    UNetConfig config = FormulaNetwork.unet(TinyXl.FOLDER);
    try (Engine engine = Engine.open();
        Scope scope = engine.scope("blocks")) {
      Map<String, Tensor> data =
          Map.of(
              "x", FormulaModel.input(scope, "x", 2, 2, 4, 8, 12),
              "timesteps", Tensor.of(scope, Shape.of(2), 601, 7),
              "context", FormulaModel.input(scope, "context", 2, 2, 5, 40),
              "pooled", FormulaModel.input(scope, "pooled", 2, 2, 20),
              "sizes", FormulaModel.input(scope, "sizes", 500, 2, 6));
      Network.Staging whole =
          StagedNetworks.denoiser(new UNet(config), DType.F32, AdapterInputs.NONE);
      assertArrayEquals(
          FormulaNetwork.run(scope, whole, data).get(0).floats(),
          new BlockByBlock(scope, config, data).run().get("conv_out").floats(),
          1e-5f);
    }
  }
}
