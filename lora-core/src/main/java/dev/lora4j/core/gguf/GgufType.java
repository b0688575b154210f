package dev.lora4j.core.gguf;

import dev.lora4j.core.gguf.block.BlockType;
import dev.lora4j.core.gguf.block.PlainNumbers;
import dev.lora4j.core.gguf.block.ScaledBlock;
import dev.lora4j.core.gguf.block.SuperBlock;
import dev.lora4j.core.gguf.block.TableBlock;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Types of tensors, by GGML's names. Those with a {@link #block} are dequantised here. */
public enum GgufType {
  F32(0, PlainNumbers.F32),
  F16(1, PlainNumbers.F16),
  Q4_0(2, ScaledBlock.Q4_0),
  Q4_1(3, ScaledBlock.Q4_1),
  Q5_0(6, ScaledBlock.Q5_0),
  Q5_1(7, ScaledBlock.Q5_1),
  Q8_0(8, ScaledBlock.Q8_0),
  Q8_1(9, 32, 40),
  Q2_K(10, SuperBlock.Q2_K),
  Q3_K(11, SuperBlock.Q3_K),
  Q4_K(12, SuperBlock.Q4_K),
  Q5_K(13, SuperBlock.Q5_K),
  Q6_K(14, SuperBlock.Q6_K),
  Q8_K(15, 256, 292),
  IQ2_XXS(16, 256, 66),
  IQ2_XS(17, 256, 74),
  IQ3_XXS(18, 256, 98),
  IQ1_S(19, 256, 50),
  IQ4_NL(20, TableBlock.IQ4_NL),
  IQ3_S(21, 256, 110),
  IQ2_S(22, 256, 82),
  IQ4_XS(23, TableBlock.IQ4_XS),
  I8(24, 1, 1),
  I16(25, 1, 2),
  I32(26, 1, 4),
  I64(27, 1, 8),
  F64(28, 1, 8),
  IQ1_M(29, 256, 56),
  BF16(30, PlainNumbers.BF16),
  TQ1_0(34, 256, 54),
  TQ2_0(35, 256, 66),
  MXFP4(39, TableBlock.MXFP4),
  NVFP4(40, 64, 36),
  Q1_0(41, 128, 18);

  private static final Map<Integer, GgufType> BY_NUMBER =
      Arrays.stream(values()).collect(Collectors.toMap(t -> t.number, Function.identity()));

  private static final Map<String, BlockType> BLOCKS =
      Stream.<BlockType[]>of(
              PlainNumbers.values(), ScaledBlock.values(), SuperBlock.values(), TableBlock.values())
          .flatMap(Arrays::stream)
          .collect(Collectors.toMap(BlockType::name, Function.identity()));

  private final int number;
  private final int elements;
  private final int bytes;

  GgufType(int number, BlockType block) {
    this(number, block.elements(), block.bytes());
  }

  GgufType(int number, int elements, int bytes) {
    this.number = number;
    this.elements = elements;
    this.bytes = bytes;
  }

  /** The type with GGML's number. */
  static Optional<GgufType> of(int number) {
    return Optional.ofNullable(BY_NUMBER.get(number));
  }

  /** GGML's number of it. */
  int number() {
    return number;
  }

  /** Numbers in a block. */
  public int elements() {
    return elements;
  }

  /** Bytes of a block. */
  public int bytes() {
    return bytes;
  }

  /** How it is dequantised; empty where it is not, here. */
  public Optional<BlockType> block() {
    return Optional.ofNullable(BLOCKS.get(name()));
  }
}
