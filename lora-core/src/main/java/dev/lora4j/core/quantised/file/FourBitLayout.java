package dev.lora4j.core.quantised.file;

import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.StoredForm;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.quantised.BlockForm;
import dev.lora4j.core.quantised.CodeBook;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Four bits as bitsandbytes 0.50 writes them for transformers and diffusers: {@code L.weight} with
 * the codes, in whatever type, and beside it {@code .absmax}, {@code .quant_map}, {@code
 * .quant_state.bitsandbytes__nf4} or {@code __fp4}, and with double quantisation {@code
 * .nested_absmax} and {@code .nested_quant_map}.
 */
final class FourBitLayout implements QuantisedLayout {
  private static final String STATE = ".quant_state.bitsandbytes__";
  private static final List<String> KINDS = List.of("nf4", "fp4");

  @Override
  public Optional<Found> find(TensorStore store, TensorInfo tensor) {
    for (String kind : KINDS) {
      TensorInfo state = store.tensors().get(tensor.name() + STATE + kind);
      if (state != null) {
        return Optional.of(weight(new WeightTensors(store, tensor.name()), tensor, state, kind));
      }
    }
    return Optional.empty();
  }

  private static Found weight(
      WeightTensors tensors, TensorInfo codes, TensorInfo stateInfo, String kind) {
    QuantState state = QuantState.read(tensors, stateInfo);
    state.require(kind);
    Shape shape = state.shape();
    Set<String> others = new TreeSet<>(Set.of(stateInfo.name()));
    CodeBook book = tensors.book(".quant_map", 16, others);
    Optional<CodeBook> nested =
        state.nested().isPresent()
            ? Optional.of(tensors.book(".nested_quant_map", 256, others))
            : Optional.empty();
    BlockForm form = new BlockForm(book, state.block(), nested);
    Map<String, TensorInfo> mapped = new HashMap<>();
    Map<String, HostTensor> given = new HashMap<>();
    for (WeightForm.Part part : form.parts(shape)) {
      switch (part.name()) {
        case BlockForm.CODES -> mapped.put(part.name(), tensors.codes(codes, part, shape));
        case BlockForm.SCALES ->
            mapped.put(part.name(), tensors.part(".absmax", part, shape, others));
        case BlockForm.NESTED_SCALES ->
            mapped.put(part.name(), tensors.part(".nested_absmax", part, shape, others));
        default ->
            given.put(
                part.name(), HostTensor.of(Shape.of(1), state.nested().orElseThrow().offset()));
      }
    }
    return new Found(new StoredForm(form, mapped, given), state.dtype(), shape, others, mapped);
  }

  @Override
  public String type(Found weight) {
    return weight.others().stream()
        .flatMap(o -> KINDS.stream().filter(kind -> o.endsWith(STATE + kind)))
        .findFirst()
        .orElseThrow();
  }

  /** The offset of scales stays: it is a part of a JSON text, whose length must not change. */
  @Override
  public QuantisedWeight rounded(Found weight, float[] values) {
    BlockForm form = (BlockForm) weight.form().form();
    HostTensor offset = weight.form().given().get(BlockForm.NESTED_OFFSET);
    return offset == null
        ? form.rounded(values, weight.shape())
        : form.rounded(values, weight.shape(), (float) offset.doubles()[0]);
  }
}
