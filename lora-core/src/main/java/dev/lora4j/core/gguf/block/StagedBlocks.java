package dev.lora4j.core.gguf.block;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Blocks in a program, and the steps by which their numbers are unpacked: fields are looked up in
 * tables by their bytes.
 *
 * @param blocks U8 [blocks, bytes]
 * @param tables {@link #tables} as expressions
 */
record StagedBlocks(Expr blocks, Map<String, Expr> tables) {
  /** The tables that a type needs, by name. */
  static Map<String, HostTensor> tables(BlockType type) {
    Map<String, HostTensor> all = new LinkedHashMap<>();
    for (ByteTable table : needs(type)) {
      all.put(table.name(), table.tensor());
    }
    return all;
  }

  private static ByteTable[] needs(BlockType type) {
    return switch (type.name()) {
      case "Q4_0", "Q4_1", "Q4_K" -> new ByteTable[] {ByteTable.LOWER, ByteTable.UPPER};
      case "Q5_0", "Q5_1", "Q5_K" ->
          new ByteTable[] {ByteTable.LOWER, ByteTable.UPPER, ByteTable.BITS};
      case "Q2_K" -> new ByteTable[] {ByteTable.PAIRS};
      case "Q3_K" -> new ByteTable[] {ByteTable.PAIRS, ByteTable.BITS};
      case "Q6_K" -> new ByteTable[] {ByteTable.LOWER, ByteTable.UPPER, ByteTable.PAIRS};
      case "IQ4_NL", "IQ4_XS" -> new ByteTable[] {ByteTable.UNEVEN_LOWER, ByteTable.UNEVEN_UPPER};
      case "MXFP4" ->
          new ByteTable[] {ByteTable.E2M1_LOWER, ByteTable.E2M1_UPPER, ByteTable.HALF_POWER};
      default -> new ByteTable[0];
    };
  }

  long count() {
    return blocks.shape().size(0);
  }

  /** Bytes of each block: U8 [blocks, length]. */
  Expr bytes(int from, int length) {
    return blocks.slice(1, from, from + (long) length);
  }

  /** An F16 of each block, as F32 [blocks, 1]. */
  Expr half(int from) {
    return bytes(from, 2).reinterpret(DType.F16).to(DType.F32);
  }

  /** Bytes of each block as whole numbers: I32 [blocks, length]. */
  Expr whole(int from, int length) {
    return bytes(from, length).to(DType.I32);
  }

  /**
   * Values of bytes of each block: F32 [blocks, length], or [blocks, length, width] where a byte
   * holds several.
   */
  Expr look(ByteTable table, int from, int length) {
    Expr bytes = bytes(from, length).reshape(count() * length).to(DType.I32);
    Expr values =
        Objects.requireNonNull(tables.get(table.name()), table.name()).indexSelect(0, bytes);
    return table.width() == 1
        ? values.reshape(count(), length)
        : values.reshape(count(), length, table.width());
  }

  /**
   * Numbers of four bits whose lower halves come first in each group of bytes: F32 [blocks, groups,
   * 2, length / groups].
   */
  Expr halves(ByteTable lower, ByteTable upper, int from, int length, int groups) {
    long[] sizes = {count(), groups, 1, length / groups};
    return look(lower, from, length)
        .reshape(sizes)
        .cat(2, look(upper, from, length).reshape(sizes));
  }

  /** In place, as values are of nobody else. */
  static Expr changed(String operator, Expr values, Expr by) {
    return values.graph().call(operator, values.dtype(), values.shape(), values, by);
  }

  /** {@code values * scale}, in place. */
  static Expr scaled(Expr values, Expr scale) {
    return changed("mul_", values, scale);
  }
}
