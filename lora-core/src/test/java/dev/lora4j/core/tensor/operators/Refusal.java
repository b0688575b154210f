package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.Expr;
import java.util.function.Function;

/**
 * What must be refused while staging.
 *
 * @param method the method, as {@code name(Type, Type)}
 * @param stage stages it, with all sizes known
 * @param expected part of what the message says is expected
 * @param found part of what the message says was found
 */
record Refusal(String method, Function<Operands, Expr> stage, String expected, String found) {}
