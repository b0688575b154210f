package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.request.Prompt;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs depend on the structure of a model and its mix, and on nothing else. */
class FactorStructureTest {
  @Test
  void otherPromptsSizesAndWeightsStageNothing() {
    try (Lora4j lora = Lora4j.open();
        StableDiffusion sd = StableDiffusion.open(lora, TinySd.FOLDER)) {
      Engine engine = lora.engine();
      Adapter one = sd.adapter(TinySd.FOLDER.resolve("lora-kohya.safetensors"));
      Adapter two = sd.adapter(TinySd.FOLDER.resolve("lora-kohya-2.safetensors"));
      Prompt plain = Prompt.of("a fox").steps(2);
      sd.generate(plain);
      MixPlan inside = MixPlan.NONE.route(Route.MERGED);
      sd.generate(plain.mix(inside.with(one, 0.5).with(two, 0.5)));
      sd.generate(plain.mix(inside.with(two, 0.5)));
      MixPlan beside = MixPlan.NONE.route(Route.UNMERGED);
      sd.generate(plain.mix(beside.with(one, 1).with(two, 0.1)));
      long compiled = engine.compiled();
      long live = engine.live();
      int side = sd.base().sampleSize() * sd.base().vae().scale();
      List<Prompt> others =
          List.of(
              plain.size(2 * side, side).guidance(1),
              plain.size(side, 2 * side).seed(4).sampler("euler"),
              plain.mix(inside.with(one, -0.25)),
              plain.mix(inside.with(two, 0.75)),
              plain.mix(inside.with(one, 0.3).with(two, 0.4)),
              // Stacked, the two have the sum of their ranks.
              plain.mix(beside.with(one, Weight.steps(0, 0.5, 1)).with(two, Weight.of(0.2))));
      for (Prompt prompt : others) {
        sd.generate(prompt);
        assertEquals(compiled, engine.compiled(), prompt.mix().toString());
        // The stacked factors of the last mixes are kept, and others take their place.
        assertTrue(engine.live() <= live, prompt.mix().toString());
      }
    }
  }

  @Test
  void otherRanksAndScalesStageNothing() {
    try (Lora4j lora = Lora4j.open();
        StableDiffusion sd = StableDiffusion.open(lora, TinySd.FOLDER)) {
      Adapter one = sd.adapter(TinySd.FOLDER.resolve("lora-kohya.safetensors"));
      Prompt plain = Prompt.of("a fox").steps(2);
      sd.generate(plain.mix(MixPlan.of(one, 0.5)));
      long compiled = lora.engine().compiled();
      for (int rank : new int[] {1, 3, 7}) {
        sd.generate(plain.mix(MixPlan.of(ofRank(rank, one), 0.3)));
        assertEquals(compiled, lora.engine().compiled(), "rank " + rank);
      }
    }
  }

  /** An adapter at the sites of another, in its type. */
  private static Adapter ofRank(int rank, Adapter like) {
    Map<String, List<Factors>> sites = new TreeMap<>();
    like.sites()
        .forEach(
            (site, factors) -> {
              HostTensor down = factors.get(0).tensor(LoraMethod.DOWN);
              HostTensor up = factors.get(0).tensor(LoraMethod.UP);
              double alpha = 0.1 + rank;
              sites.put(
                  site,
                  List.of(LoraMath.factors(ofRank(rank, 0, down), ofRank(rank, 1, up), alpha)));
            });
    return new Adapter("rank " + rank, sites, Map.of());
  }

  private static HostTensor ofRank(int rank, int dimension, HostTensor like) {
    Shape shape = like.shape().with(dimension, rank);
    int bytes = Math.toIntExact(like.dtype().bytes(shape.elements()));
    return HostTensor.of(like.dtype(), shape, ByteBuffer.allocate(bytes));
  }

  @Test
  void usedAdaptersLeaveNoMemory() {
    try (Lora4j lora = Lora4j.open();
        StableDiffusion sd = StableDiffusion.open(lora, TinySd.FOLDER)) {
      long live = 0;
      for (int i = 0; i < 12; i++) {
        Adapter one = sd.adapter(TinySd.FOLDER.resolve("lora-kohya.safetensors"));
        MixPlan mix =
            i % 2 == 0
                ? MixPlan.of(one, 0.1 * (i + 1)).route(Route.MERGED)
                : MixPlan.of(one, Weight.steps(0, 0.5, 1)).route(Route.UNMERGED);
        sd.generate(Prompt.of("a fox").steps(2).mix(mix));
        live = i == 1 ? lora.engine().live() : live;
        assertTrue(i == 0 || live == lora.engine().live(), "picture " + i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "unet", "encoder", "decoder"})
  void aNetworkStagedTwiceIsTheSameProgram(String network) {
    try (Lora4j lora = Lora4j.open();
        StableDiffusion sd = StableDiffusion.open(lora, TinySd.FOLDER)) {
      DType bf16 = DType.BF16;
      Network.Staging staging =
          switch (network) {
            case "text" ->
                StagedNetworks.text(
                    sd.base().textEncoders().get(0).network(),
                    HiddenLayer.LAST,
                    bf16,
                    AdapterInputs.NONE);
            case "unet" -> StagedNetworks.denoiser(sd.base().denoiser(), bf16, AdapterInputs.NONE);
            case "encoder" -> StagedNetworks.encoder(sd.base().vae(), bf16);
            default -> StagedNetworks.decoder(sd.base().vae(), bf16);
          };
      assertEquals(text(staging), text(staging));
    }
  }

  private static String text(Network.Staging staging) {
    Graph graph = new Graph();
    FrozenWeights source = new FrozenWeights(DType.BF16, "");
    Function<SiteAdapters, Weights> weights =
        adapters -> Weights.of(graph, "model", source, adapters);
    List<Expr> outputs = new ArrayList<>(staging.stage(graph, weights));
    String text = graph.source(outputs, Device.CPU);
    assertTrue(text.length() > 3_000);
    return text;
  }
}
