package dev.lora4j.text.generate;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.network.TokenInputs;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs of programs for rows of a group, in the slots of a cache. */
record RowComputation(RowNetworks networks, SlotCache cache) {
  /** Reads prompts: logits F32 [rows, vocabulary] after each. */
  float[] read(Scope step, RowGroup group, PromptBatch prompts) {
    Map<String, Tensor> data = new HashMap<>();
    data.put(TokenInputs.IDS, Tensor.ofLongs(step, prompts.shape(), prompts.ids()));
    data.put(TokenInputs.POSITIONS, Tensor.ofLongs(step, prompts.shape(), prompts.positions()));
    data.put(CausalPrograms.LAST, longs(step, prompts.last()));
    // Padding is written one place behind the longest prompt at most.
    prompts.rows().forEach(r -> cache.write(r.slot(), r.request().prompt().length + 1));
    if (prompts.prefixed()) {
      data.put(DecodeStep.PLACES, DecodeStep.places(step, prompts.reach()));
    }
    Network network =
        prompts.prefixed() ? networks.prefixed(group.set()) : networks.prefill(group.set());
    return run(step, group, prompts.rows(), network, data);
  }

  /** Computes one more token of each row: logits F32 [rows, vocabulary]. */
  float[] next(Scope step, RowGroup group, List<GenerationRow> rows) {
    Shape one = Shape.of(rows.size(), 1);
    long[] tokens = rows.stream().mapToLong(r -> r.sequence().last()).toArray();
    long[] positions = rows.stream().mapToLong(r -> r.sequence().length() - 1L).toArray();
    int reach = rows.stream().mapToInt(r -> r.sequence().length()).max().orElse(1);
    Map<String, Tensor> data = new HashMap<>();
    data.put(TokenInputs.IDS, Tensor.ofLongs(step, one, tokens));
    data.put(TokenInputs.POSITIONS, Tensor.ofLongs(step, one, positions));
    data.put(DecodeStep.PLACES, DecodeStep.places(step, reach));
    rows.forEach(r -> cache.write(r.slot(), r.sequence().length()));
    return run(step, group, rows, networks.decode(group.set()), data);
  }

  private float[] run(
      Scope step,
      RowGroup group,
      List<GenerationRow> rows,
      Network network,
      Map<String, Tensor> data) {
    data.putAll(group.mixing(step, rows));
    data.put(RowNetworks.BEFORE, longs(step, new long[rows.get(0).slot()]));
    return network.run(step, group.set().hold(network, cache.tensors()), data).get(0).floats();
  }

  private static Tensor longs(Scope step, long[] values) {
    return Tensor.ofLongs(step, Shape.of(values.length), values);
  }
}
