package dev.lora4j.text.chat.jinja;

import dev.lora4j.text.chat.jinja.Expression.Arguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the values of expressions. */
final class Evaluator {
  private Evaluator() {}

  static Object value(Expression expression, Scope scope) {
    Budget.work(1);
    if (expression instanceof Expression.Literal literal) {
      return literal.value();
    } else if (expression instanceof Expression.Name name) {
      return scope.get(name.name());
    } else if (expression instanceof Expression.ListOf list) {
      return values(list.items(), scope);
    } else if (expression instanceof Expression.DictOf dict) {
      Map<Object, Object> map = new LinkedHashMap<>();
      Budget.list(dict.keys().size());
      for (int i = 0; i < dict.keys().size(); i++) {
        Object key = Values.hashable(value(dict.keys().get(i), scope));
        map.put(key, value(dict.values().get(i), scope));
      }
      return map;
    } else if (expression instanceof Expression.Attribute attribute) {
      return Attributes.attribute(value(attribute.target(), scope), attribute.name());
    } else if (expression instanceof Expression.Item item) {
      return Attributes.item(value(item.target(), scope), value(item.key(), scope));
    } else if (expression instanceof Expression.Slice slice) {
      return Attributes.slice(
          value(slice.target(), scope),
          optional(slice.from(), scope),
          optional(slice.to(), scope),
          optional(slice.step(), scope));
    } else if (expression instanceof Expression.Call call) {
      return call(call, scope);
    } else if (expression instanceof Expression.Filter filter) {
      Arguments given = filter.arguments();
      return Filters.apply(
          value(filter.target(), scope),
          filter.name(),
          values(given.places(), scope),
          named(given, scope));
    } else if (expression instanceof Expression.Test test) {
      boolean fits =
          TemplateTests.check(
              value(test.target(), scope), test.name(), values(test.arguments().places(), scope));
      return fits != test.negated();
    } else if (expression instanceof Expression.Unary unary) {
      Object operand = value(unary.operand(), scope);
      return unary.operator().equals("not")
          ? (Object) !Values.truth(operand)
          : Operators.sign(unary.operator(), operand);
    } else if (expression instanceof Expression.Binary binary) {
      return binary(binary, scope);
    } else if (expression instanceof Expression.Compare compare) {
      return compare(compare, scope);
    }
    Expression.Choice choice = (Expression.Choice) expression;
    if (Values.truth(value(choice.condition(), scope))) {
      return value(choice.then(), scope);
    }
    return optional(choice.otherwise(), scope)
        .orElseGet(() -> new Absent.Undefined("an 'if' without 'else' has no value"));
  }

  private static Object binary(Expression.Binary binary, Scope scope) {
    Object left = value(binary.left(), scope);
    return switch (binary.operator()) {
      case "and" -> Values.truth(left) ? value(binary.right(), scope) : left;
      case "or" -> Values.truth(left) ? left : value(binary.right(), scope);
      default -> Operators.apply(binary.operator(), left, value(binary.right(), scope));
    };
  }

  private static boolean compare(Expression.Compare compare, Scope scope) {
    Object left = value(compare.first(), scope);
    for (int i = 0; i < compare.operators().size(); i++) {
      Object right = value(compare.others().get(i), scope);
      boolean holds =
          switch (compare.operators().get(i)) {
            case "==" -> Values.equal(left, right);
            case "!=" -> !Values.equal(left, right);
            case "<" -> Values.compare(left, right) < 0;
            case "<=" -> Values.compare(left, right) <= 0;
            case ">" -> Values.compare(left, right) > 0;
            case ">=" -> Values.compare(left, right) >= 0;
            case "in" -> Values.contains(right, left);
            default -> !Values.contains(right, left);
          };
      if (!holds) {
        return false;
      }
      left = right;
    }
    return true;
  }

  private static Object call(Expression.Call call, Scope scope) {
    Object target = value(call.target(), scope);
    if (target instanceof Callable function) {
      return function.call(
          values(call.arguments().places(), scope), named(call.arguments(), scope));
    }
    throw Values.defined(
        target, JinjaException.of("'" + Values.kind(target) + "' object is not callable"));
  }

  private static List<Object> values(List<Expression> expressions, Scope scope) {
    List<Object> values = new ArrayList<>();
    Budget.list(expressions.size());
    expressions.forEach(expression -> values.add(value(expression, scope)));
    return values;
  }

  private static Map<String, Object> named(Arguments arguments, Scope scope) {
    Map<String, Object> named = new LinkedHashMap<>();
    arguments.names().forEach((name, expression) -> named.put(name, value(expression, scope)));
    return named;
  }

  private static Optional<Object> optional(Optional<Expression> expression, Scope scope) {
    return expression.map(given -> value(given, scope));
  }
}
