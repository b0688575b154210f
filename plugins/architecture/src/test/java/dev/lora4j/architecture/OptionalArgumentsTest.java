package dev.lora4j.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Nobody has to wrap an argument: an {@code Optional} is a result, or a component of a record that
 * has factories or withers.
 */
class OptionalArgumentsTest {
  /** Methods that the library calls and others implement, to whom the argument is a result. */
  private static final Map<String, String> CALLBACKS =
      Map.of(
          "dev.lora4j.core.nn.SiteLayer$Formula", "apply",
          "dev.lora4j.core.tensor.Backend", "run",
          "dev.lora4j.core.train.log.TrackedRun", "end",
          "dev.lora4j.diffusion.train.objective.Loss", "elements");

  @Test
  void noArgumentIsOptional() {
    List<String> found =
        Exports.classes()
            .flatMap(type -> type.getCodeUnits().stream())
            .filter(OptionalArgumentsTest::takesOptional)
            .filter(unit -> !canonical(unit) && !callback(unit))
            .map(JavaCodeUnit::getFullName)
            .sorted()
            .toList();
    assertEquals(List.of(), found, "take overloads, withers or a record of options");
  }

  /** Exceptions that nothing needs any more would hide what comes later. */
  @Test
  void everyExceptionIsNeeded() {
    for (Map.Entry<String, String> exception : CALLBACKS.entrySet()) {
      JavaClass type = House.CLASSES.get(exception.getKey());
      assertTrue(type.isInterface(), type.getName());
      assertTrue(
          type.getMethods().stream()
              .anyMatch(m -> m.getName().equals(exception.getValue()) && takesOptional(m)),
          exception.toString());
    }
  }

  private static boolean takesOptional(JavaCodeUnit unit) {
    return Exports.visible(unit.getModifiers())
        && !unit.getModifiers().contains(JavaModifier.SYNTHETIC)
        && unit.getRawParameterTypes().stream()
            .anyMatch(type -> type.getName().startsWith("java.util.Optional"));
  }

  /** True for the constructor that a record has by its components. */
  private static boolean canonical(JavaCodeUnit unit) {
    List<String> components =
        unit.getOwner().getFields().stream()
            .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
            .map(JavaField::getRawType)
            .map(JavaClass::getName)
            .sorted()
            .toList();
    Stream<String> taken = unit.getRawParameterTypes().stream().map(JavaClass::getName);
    return unit.isConstructor()
        && unit.getOwner().isRecord()
        && taken.sorted().toList().equals(components);
  }

  private static boolean callback(JavaCodeUnit unit) {
    return CALLBACKS.entrySet().stream()
        .anyMatch(
            exception ->
                unit.getName().equals(exception.getValue())
                    && unit.getOwner().isAssignableTo(exception.getKey()));
  }
}
