package dev.lora4j.text.chat.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Expression of a template; it has a value. */
sealed interface Expression {
  /** A constant. */
  record Literal(Object value) implements Expression {}

  /** The value of a name. */
  record Name(String name) implements Expression {}

  /** {@code [a, b]}. */
  record ListOf(List<Expression> items) implements Expression {}

  /** <code>{a: b}</code>. */
  record DictOf(List<Expression> keys, List<Expression> values) implements Expression {}

  /** {@code target.name}. */
  record Attribute(Expression target, String name) implements Expression {}

  /** {@code target[key]}. */
  record Item(Expression target, Expression key) implements Expression {}

  /** {@code target[from:to:step]}. */
  record Slice(
      Expression target,
      Optional<Expression> from,
      Optional<Expression> to,
      Optional<Expression> step)
      implements Expression {}

  /** {@code target(...)}. */
  record Call(Expression target, Arguments arguments) implements Expression {}

  /** {@code target | name(...)}. */
  record Filter(Expression target, String name, Arguments arguments) implements Expression {}

  /** {@code target is name} or {@code target is not name}. */
  record Test(Expression target, String name, Arguments arguments, boolean negated)
      implements Expression {}

  /** {@code not}, {@code -} or {@code +}. */
  record Unary(String operator, Expression operand) implements Expression {}

  /** Two operands and their operator. */
  record Binary(String operator, Expression left, Expression right) implements Expression {}

  /** {@code a < b == c}: each with its neighbour. */
  record Compare(Expression first, List<String> operators, List<Expression> others)
      implements Expression {}

  /** {@code then if condition else otherwise}. */
  record Choice(Expression condition, Expression then, Optional<Expression> otherwise)
      implements Expression {}

  /** Arguments by place and by name. */
  record Arguments(List<Expression> places, Map<String, Expression> names) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());
  }
}
