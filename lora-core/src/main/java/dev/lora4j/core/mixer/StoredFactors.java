package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.tensor.Expr;

/**
 * The factors of one LoRA as they are stored, in a program that is being staged. The change is
 * {@code scale * up * down}.
 *
 * @param pair down [rank, rest] and up [out, rank], F32, of known sizes
 * @param scale alpha / rank, a scalar, F32
 * @param downs random numbers in the shape of down, as {@link SiteDelta#uniform} has them
 * @param ups likewise in the shape of up
 */
public record StoredFactors(LowRank pair, Expr scale, SiteDelta.Draw downs, SiteDelta.Draw ups) {}
