package dev.lora4j.cli.adapter;

import dev.lora4j.core.tensor.DType;

/** Types that numbers can be written in, as they are typed on the command line. */
enum FloatType {
  f32(DType.F32),
  f16(DType.F16),
  bf16(DType.BF16);

  private final DType type;

  FloatType(DType type) {
    this.type = type;
  }

  DType type() {
    return type;
  }
}
