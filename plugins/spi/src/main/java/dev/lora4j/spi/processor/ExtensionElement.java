package dev.lora4j.spi.processor;

import dev.lora4j.spi.Extension;
import dev.lora4j.spi.ExtensionInfo;
import dev.lora4j.spi.ExtensionType;
import dev.lora4j.spi.Setting;
import dev.lora4j.spi.SettingInfo;
import dev.lora4j.spi.SettingKind;
import dev.lora4j.spi.SettingRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.RecordComponentElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.MirroredTypeException;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Types;

/** A class that is being compiled, as an extension; the same as {@link ExtensionType} later. */
final class ExtensionElement {
  private final ProcessingEnvironment environment;
  private final TypeElement type;

  ExtensionElement(ProcessingEnvironment environment, TypeElement type) {
    this.environment = environment;
    this.type = type;
  }

  /**
   * Index entry of the class.
   *
   * @throws IllegalArgumentException if it could not be made, with a message for its author
   */
  ExtensionInfo info() {
    Extension extension = type.getAnnotation(Extension.class);
    TypeMirror point = point(extension);
    if (!type.getModifiers().contains(Modifier.PUBLIC)
        || type.getModifiers().contains(Modifier.ABSTRACT)) {
      throw new IllegalArgumentException("an extension is a public class that is not abstract");
    }
    if (type.getNestingKind().isNested() && !type.getModifiers().contains(Modifier.STATIC)) {
      throw new IllegalArgumentException("an extension is a class of its own or a static one");
    }
    if (!environment.getTypeUtils().isAssignable(type.asType(), point)) {
      throw new IllegalArgumentException("it does not implement its point " + point);
    }
    List<SettingInfo> settings = new ArrayList<>();
    if (type.getKind() == ElementKind.RECORD) {
      for (RecordComponentElement component : type.getRecordComponents()) {
        settings.add(setting(component));
      }
    } else {
      requireConstructor();
    }
    return new ExtensionInfo(
        binaryName(((DeclaredType) point).asElement()),
        extension.name(),
        binaryName(type),
        extension.help(),
        extension.experimental(),
        List.copyOf(kinds(type.asType(), point)),
        settings);
  }

  /** Interfaces between the class and its point. */
  private SortedSet<String> kinds(TypeMirror of, TypeMirror point) {
    Types types = environment.getTypeUtils();
    SortedSet<String> kinds = new TreeSet<>();
    for (TypeMirror each : types.directSupertypes(of)) {
      Element element = types.asElement(each);
      if (types.isAssignable(types.erasure(each), types.erasure(point))
          && !types.isSameType(types.erasure(each), types.erasure(point))) {
        if (element.getKind() == ElementKind.INTERFACE) {
          kinds.add(binaryName(element));
        }
        kinds.addAll(kinds(each, point));
      }
    }
    return kinds;
  }

  private String binaryName(Element element) {
    return environment.getElementUtils().getBinaryName((TypeElement) element).toString();
  }

  private static TypeMirror point(Extension extension) {
    try {
      throw new IllegalStateException("a class was loaded: " + extension.point());
    } catch (MirroredTypeException e) {
      // Classes that are compiled have mirrors alone; this is how one asks for them.
      return e.getTypeMirror();
    }
  }

  private void requireConstructor() {
    boolean there =
        ElementFilter.constructorsIn(type.getEnclosedElements()).stream()
            .anyMatch(
                c -> c.getParameters().isEmpty() && c.getModifiers().contains(Modifier.PUBLIC));
    if (!there) {
      throw new IllegalArgumentException(
          "an extension is a record of its settings, or has a public constructor without"
              + " parameters");
    }
  }

  private SettingInfo setting(RecordComponentElement component) {
    Setting setting = component.getAnnotation(Setting.class);
    if (setting == null) {
      throw new IllegalArgumentException(
          component.getSimpleName() + " needs @Setting, so that people can set it");
    }
    SettingKind kind = kind(component);
    SettingInfo info =
        new SettingInfo(
            ExtensionType.name(component.getSimpleName().toString(), setting.name()),
            kind,
            setting.help(),
            kind.otherwise(setting.defaultValue()),
            new SettingRange(setting.min(), setting.above(), setting.max(), setting.below()),
            choices(component.asType()));
    info.defaultValue().ifPresent(info::require);
    return info;
  }

  private List<String> choices(TypeMirror of) {
    Element element = environment.getTypeUtils().asElement(of);
    if (element == null || element.getKind() != ElementKind.ENUM) {
      return List.of();
    }
    return element.getEnclosedElements().stream()
        .filter(e -> e.getKind() == ElementKind.ENUM_CONSTANT)
        .map(e -> e.getSimpleName().toString().toLowerCase(Locale.ROOT))
        .toList();
  }

  private SettingKind kind(RecordComponentElement component) {
    TypeMirror of = component.asType();
    if (of.getKind() == TypeKind.INT) {
      return SettingKind.INTEGER;
    }
    if (of.getKind() == TypeKind.LONG) {
      return SettingKind.LONG;
    }
    if (of.getKind() == TypeKind.DOUBLE) {
      return SettingKind.NUMBER;
    }
    if (of.getKind() == TypeKind.BOOLEAN) {
      return SettingKind.BOOLEAN;
    }
    if (!choices(of).isEmpty()) {
      return SettingKind.CHOICE;
    }
    return switch (of.toString()) {
      case "java.lang.String" -> SettingKind.STRING;
      case "java.util.List<java.lang.Double>" -> SettingKind.NUMBERS;
      case "java.util.List<java.lang.String>" -> SettingKind.STRINGS;
      default ->
          throw new IllegalArgumentException(
              component.getSimpleName()
                  + " is of type "
                  + of
                  + "; settings are int, long, double, boolean, String, enums, and lists of Double"
                  + " or String");
    };
  }
}
