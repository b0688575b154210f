/**
 * The matrix of all operators. A family lists, for the operators of one interface, how valid cases
 * are generated, which results PyTorch gives, and what must be refused; the tests here hold every
 * family against finite differences, its staged shapes and types, and PyTorch's numbers. {@link
 * dev.lora4j.core.tensor.operators.OperatorCoverageTest} fails for an operator without a row.
 */
@NullMarked
package dev.lora4j.core.tensor.operators;

import org.jspecify.annotations.NullMarked;
