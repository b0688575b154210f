package dev.lora4j.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.domain.ThrowsDeclaration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Listing of types and members that others see, a line each, in an order that does not change. */
final class ApiListing {
  private static final Pattern QUALIFIER = Pattern.compile("\\b(?:[a-z0-9_]+\\.)+(?=[A-Z])");
  private static final Set<String> EVERYWHERE = Set.of("equals", "hashCode", "toString");
  private static final Set<String> IMPLIED =
      Set.of("java.lang.Object", "java.lang.Record", "java.lang.Enum");

  private ApiListing() {}

  /** Lines of some classes: each package, its types, their members. */
  static List<String> of(Stream<JavaClass> classes) {
    List<String> lines = new ArrayList<>();
    String last = "";
    for (JavaClass type : classes.toList()) {
      if (!type.getPackageName().equals(last)) {
        last = type.getPackageName();
        lines.add("package " + last);
      }
      lines.add("  " + header(type));
      members(type).forEach(member -> lines.add("    " + member));
    }
    return lines;
  }

  private static String header(JavaClass type) {
    String supers =
        Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream())
            .filter(t -> !IMPLIED.contains(t.toErasure().getName()))
            .map(ApiListing::name)
            .collect(Collectors.joining(", "));
    String parameters =
        type.getTypeParameters().stream().map(JavaType::getName).collect(Collectors.joining(", "));
    return modifiers(type.getModifiers(), m -> !type.isInterface() && !type.isEnum())
        + kind(type)
        + " "
        + type.getName().substring(type.getPackageName().length() + 1).replace('$', '.')
        + (parameters.isEmpty() ? "" : "<" + parameters + ">")
        + (supers.isEmpty() ? "" : " : " + supers);
  }

  private static String kind(JavaClass type) {
    if (type.isAnnotation()) {
      return "@interface";
    }
    if (type.isInterface()) {
      return "interface";
    }
    return type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
  }

  private static Set<String> members(JavaClass type) {
    Set<String> all = new TreeSet<>();
    for (JavaMember member : type.getMembers()) {
      Set<JavaModifier> modifiers = member.getModifiers();
      if (Exports.visible(modifiers)
          && !modifiers.contains(JavaModifier.SYNTHETIC)
          && !modifiers.contains(JavaModifier.BRIDGE)
          && !EVERYWHERE.contains(member.getName())) {
        String said = modifiers(modifiers, m -> !type.isInterface() || m != JavaModifier.ABSTRACT);
        all.add(said + declaration(member));
      }
    }
    return all;
  }

  private static String declaration(JavaMember member) {
    if (member instanceof JavaField field) {
      return field.getName() + ": " + name(field.getType());
    }
    JavaCodeUnit unit = (JavaCodeUnit) member;
    String taken =
        unit.getParameterTypes().stream().map(ApiListing::name).collect(Collectors.joining(", "));
    String thrown =
        unit.getThrowsClause().stream()
            .map(ThrowsDeclaration::getRawType)
            .filter(t -> !t.isAssignableTo(RuntimeException.class))
            .map(ApiListing::name)
            .collect(Collectors.joining(", "));
    String head = unit.isConstructor() ? "new" : unit.getName();
    return head
        + "("
        + taken
        + ")"
        + (unit.isConstructor() ? "" : ": " + name(unit.getReturnType()))
        + (thrown.isEmpty() ? "" : " throws " + thrown);
  }

  private static String modifiers(Set<JavaModifier> all, Predicate<JavaModifier> counts) {
    return Stream.of(
            JavaModifier.PROTECTED, JavaModifier.ABSTRACT, JavaModifier.STATIC, JavaModifier.FINAL)
        .filter(all::contains)
        .filter(counts)
        .map(m -> m.name().toLowerCase(Locale.ROOT) + " ")
        .collect(Collectors.joining());
  }

  private static String name(JavaType type) {
    return QUALIFIER.matcher(type.getName()).replaceAll("").replace('$', '.');
  }

  /** Lines of {@code all} that {@code others} lack, below the package and type that they are of. */
  static List<String> without(List<String> all, List<String> others) {
    Set<String> known = Set.copyOf(paths(others));
    return paths(all).stream().filter(line -> !known.contains(line)).toList();
  }

  private static List<String> paths(List<String> lines) {
    List<String> paths = new ArrayList<>();
    String last = "";
    Optional<String> type = Optional.empty();
    for (String line : lines) {
      if (line.startsWith("    ")) {
        paths.add(last + " " + type.orElse("") + ": " + line.strip());
      } else if (line.startsWith("  ")) {
        type = Optional.of(line.strip());
        paths.add(last + " " + line.strip());
      } else {
        last = line.replace("package ", "");
      }
    }
    return paths;
  }
}
