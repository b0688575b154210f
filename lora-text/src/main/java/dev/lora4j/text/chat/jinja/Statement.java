package dev.lora4j.text.chat.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Statement of a template. Lines are counted from 1. */
sealed interface Statement {
  /** Text outside of statements and expressions. */
  record Text(String text) implements Statement {}

  /** <code>{{ value }}</code>. */
  record Output(Expression value, int line) implements Statement {}

  /** Conditions in turn, each with what is done; the last may be {@code else}. */
  record If(List<Expression> conditions, List<List<Statement>> bodies, int line)
      implements Statement {}

  /** A loop, with the statements of {@code else} for no items. */
  record For(
      List<String> names,
      Expression values,
      Optional<Expression> filter,
      List<Statement> body,
      List<Statement> otherwise,
      int line)
      implements Statement {}

  /** {@code set a, b = value}. */
  record Set(List<String> names, Expression value, int line) implements Statement {}

  /** {@code set namespace.member = value}. */
  record SetMember(String namespace, String member, Expression value, int line)
      implements Statement {}

  /** {@code set name}, its text, {@code endset}; the filters take {@link #INNER}. */
  record SetText(String name, Expression filters, List<Statement> body, int line)
      implements Statement {}

  /** Its text goes through filters, which take {@link #INNER}. */
  record Filtered(Expression filters, List<Statement> body, int line) implements Statement {}

  /** A function that writes its statements. */
  record Macro(
      String name, List<String> parameters, Map<String, Expression> usual, List<Statement> body)
      implements Statement {}

  /** Statements that see more names. */
  record With(List<String> names, List<Expression> values, List<Statement> body, int line)
      implements Statement {}

  /** {@code break}. */
  record Break() implements Statement {}

  /** {@code continue}. */
  record Continue() implements Statement {}

  /** Name of a statement's text for its filters. */
  String INNER = " inner";
}
