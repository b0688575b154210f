package dev.lora4j.core.tensor.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.tensor.Expr;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No operator is without a row and a golden. */
class OperatorCoverageTest {
  /** Public methods that tell something of a value and compute nothing. */
  private static final Set<String> NO_OPERATORS =
      Set.of("self()", "graph()", "dtype()", "shape()", "toString()");

  static List<OperatorFamily> families() {
    return OperatorFamilies.all();
  }

  @Test
  void everyInterfaceOfExprHasAFamily() {
    Set<Class<?>> covered =
        families().stream().map(OperatorFamily::operators).collect(Collectors.toSet());
    Set<Class<?>> operators = new HashSet<>(Set.of(Expr.class.getInterfaces()));
    operators.add(Expr.class);
    operators.removeAll(covered);
    assertEquals(Set.of(), operators, "without a family");
  }

  @ParameterizedTest
  @MethodSource("families")
  void everyOperatorHasARow(OperatorFamily family) {
    assertEquals(operators(family), claimed(family.rows(), Row::method), family.name());
  }

  @ParameterizedTest
  @MethodSource("families")
  void everyOperatorHasAGolden(OperatorFamily family) {
    assertEquals(operators(family), claimed(family.goldens(), Golden::method), family.name());
  }

  @ParameterizedTest
  @MethodSource("families")
  void refusalsNameOperators(OperatorFamily family) {
    Set<String> named = claimed(family.refusals(), Refusal::method);
    named.removeAll(operators(family));
    assertEquals(Set.of(), named);
  }

  private static Set<String> operators(OperatorFamily family) {
    return Stream.of(family.operators().getDeclaredMethods())
        .filter(m -> Modifier.isPublic(m.getModifiers()) && !m.isSynthetic())
        .map(OperatorCoverageTest::signature)
        .filter(s -> !NO_OPERATORS.contains(s))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String signature(Method method) {
    return Arrays.stream(method.getParameterTypes())
        .map(Class::getSimpleName)
        .collect(Collectors.joining(", ", method.getName() + "(", ")"));
  }

  private static <T> Set<String> claimed(List<T> rows, Function<T, String> method) {
    return rows.stream().map(method).collect(Collectors.toCollection(TreeSet::new));
  }
}
