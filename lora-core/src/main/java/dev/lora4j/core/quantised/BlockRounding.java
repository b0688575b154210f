package dev.lora4j.core.quantised;

import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Rounding to {@link BlockForm}, with the operations of bitsandbytes in their order: absolute
 * maximum of a block, its reciprocal, the nearest code (Dettmers et al. 2023, "QLoRA", section 3).
 */
final class BlockRounding {
  /** Blocks of scales are few; blocks of numbers are divided among processors. */
  private static final int PARALLEL = 1024;

  private final BlockForm form;
  private final NearestCode nearest;

  BlockRounding(BlockForm form) {
    this.form = form;
    this.nearest = new NearestCode(form.book());
  }

  /** Rounds; scales are rounded to what they are beyond their mean. */
  QuantisedWeight of(float[] values, Shape shape) {
    return of(values, shape, BlockRounding::mean);
  }

  /** Rounds; scales are rounded to what they are beyond an offset. */
  QuantisedWeight of(float[] values, Shape shape, float offset) {
    return of(values, shape, scales -> offset);
  }

  private QuantisedWeight of(float[] values, Shape shape, ToDoubleFunction<float[]> offset) {
    int blocks = form.blocks(shape);
    float[] scales = new float[blocks];
    byte[] codes = new byte[(values.length + 1) / 2];
    IntStream all = IntStream.range(0, (blocks + PARALLEL - 1) / PARALLEL).parallel();
    all.forEach(
        part -> {
          int end = Math.min(blocks, (part + 1) * PARALLEL);
          for (int block = part * PARALLEL; block < end; block++) {
            scales[block] = round(values, block, codes);
          }
        });
    if (values.length % 2 == 1) {
      codes[codes.length - 1] |= (byte) nearest.of(0);
    }
    Map<String, HostTensor> parts = new HashMap<>();
    parts.put(BlockForm.CODES, HostTensor.owning(DType.U8, Shape.of(codes.length), codes));
    form.nested()
        .ifPresentOrElse(
            book -> nest(book, scales, (float) offset.applyAsDouble(scales), parts),
            () -> parts.put(BlockForm.SCALES, HostTensor.of(Shape.of(blocks), scales)));
    return new QuantisedWeight(form, shape, parts);
  }

  /** Writes the codes of one block; its scale. */
  private float round(float[] values, int block, byte[] codes) {
    int begin = block * form.block();
    int end = Math.min(values.length, begin + form.block());
    BlockScale scale =
        BlockScale.of(Rows.greatest(values, begin, end - begin), end - begin == form.block());
    for (int i = begin; i < end; i++) {
      int code = nearest.of(scale.share(values[i]));
      codes[i >> 1] |= (byte) ((i & 1) == 0 ? code << 4 : code);
    }
    return scale.most();
  }

  private static float mean(float[] scales) {
    double sum = 0;
    for (float scale : scales) {
      sum += scale;
    }
    return (float) (sum / scales.length);
  }

  /** Scales become codes of 8 bits of what they are beyond the offset. */
  private static void nest(
      CodeBook book, float[] scales, float offset, Map<String, HostTensor> parts) {
    NearestCode nearest = new NearestCode(book);
    int blocks = (scales.length + BlockForm.NESTED_BLOCK - 1) / BlockForm.NESTED_BLOCK;
    float[] outer = new float[blocks];
    byte[] codes = new byte[scales.length];
    for (int block = 0; block < blocks; block++) {
      int begin = block * BlockForm.NESTED_BLOCK;
      int end = Math.min(scales.length, begin + BlockForm.NESTED_BLOCK);
      float most = 0;
      for (int i = begin; i < end; i++) {
        most = Math.max(most, Math.abs(scales[i] - offset));
      }
      BlockScale scale = BlockScale.of(most, end - begin == BlockForm.NESTED_BLOCK);
      outer[block] = scale.most();
      for (int i = begin; i < end; i++) {
        codes[i] = (byte) nearest.of(scale.share(scales[i] - offset));
      }
    }
    parts.put(BlockForm.SCALES, HostTensor.owning(DType.U8, Shape.of(codes.length), codes));
    parts.put(BlockForm.NESTED_SCALES, HostTensor.of(Shape.of(blocks), outer));
    parts.put(BlockForm.NESTED_OFFSET, HostTensor.of(Shape.of(1), offset));
  }
}
