package dev.lora4j.whisper;

import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.StackedFactors;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.generate.TextPrograms;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.EncoderFeatures;
import dev.lora4j.text.network.NextTokenLoss;
import dev.lora4j.text.network.Seq2SeqNetwork;
import dev.lora4j.text.network.TokenInputs;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Logits of the tiny Whisper at each token of both rows. */
public final class TinyLogits {
  private static final int TOKENS = 7;

  private TinyLogits() {}

  /** F32 [14, vocabulary]. */
  public static HostTensor of(SpeechModel model, MixPlan mix) {
    TextModel base = model.base();
    TextPrograms programs = model.language().programs();
    Seq2SeqNetwork network = (Seq2SeqNetwork) base.network();
    BatchMix rows = new BatchMix(Collections.nCopies(2, mix), base.sites(), TextModel.MODEL);
    try (Scope scope = base.scope().child("logits");
        StackedFactors.Use factors = programs.factors().of(rows)) {
      Map<String, Tensor> merged =
          rows.mergedSites(scope, new MergedParameter(scope), base.weights(), 0).at(mix.at(0, 1));
      Map<String, Tensor> data = new HashMap<>();
      List<EncoderFeatures> features =
          Goldens.sounds().stream().map(model.spectra()::features).toList();
      data.putAll(EncoderFeatures.inputs(scope, features, network.input()));
      Shape shape = Shape.of(2, TOKENS);
      long[] ids =
          LongStream.range(0, 2)
              .flatMap(
                  r ->
                      Arrays.stream(Goldens.row("tiny/expected.safetensors", "targets", (int) r))
                          .asLongStream())
              .toArray();
      data.put(TokenInputs.IDS, Tensor.ofLongs(scope, shape, ids));
      data.put(
          TokenInputs.POSITIONS,
          Tensor.ofLongs(
              scope, shape, LongStream.range(0, 2 * TOKENS).map(i -> i % TOKENS).toArray()));
      Shape places = Shape.of(2 * TOKENS);
      data.put(
          NextTokenLoss.PLACES,
          Tensor.ofLongs(scope, places, LongStream.range(0, 2 * TOKENS).toArray()));
      data.put(NextTokenLoss.TARGETS, Tensor.ofLongs(scope, places, new long[2 * TOKENS]));
      if (mix.route() == Route.UNMERGED && !rows.unmergedSites().isEmpty()) {
        data.put(
            UnmergedAdapters.WEIGHTS,
            Tensor.of(scope, Shape.of(2, rows.columns()), rows.weights(List.of(0, 1), 0, 1)));
      }
      Network logits = programs.logits(rows.unmergedSites());
      HeldInputs held = logits.hold(scope, base.weights(), merged, factors.tensors());
      return HostTensor.of(logits.run(scope, held, data).get(0));
    }
  }
}
