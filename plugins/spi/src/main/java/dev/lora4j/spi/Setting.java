package dev.lora4j.spi;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A component of an {@link Extension} record that people set. Its type is {@code int}, {@code
 * long}, {@code double}, {@code boolean}, {@code String}, an enum, or a {@code List} of {@code
 * Double} or {@code String}. People write its name in snake case, or as {@link #name}.
 *
 * <p>What one component alone cannot say, the record's constructor checks, with an {@link
 * IllegalArgumentException} that names the setting.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
  /** Description in one line. */
  String help();

  /**
   * Default value, as people write it, of a list each element; a setting without one is required.
   * Numbers are finite, unless this is {@code inf}, which is then a value too.
   */
  String[] defaultValue() default {};

  /**
   * Name in requests, where it differs from the component's: lower-case letters, digits and {@code
   * _}.
   */
  String name() default "";

  /** The least number it takes. */
  double min() default Double.NEGATIVE_INFINITY;

  /** The numbers it takes are above this one. */
  double above() default Double.NEGATIVE_INFINITY;

  /** The greatest number it takes. */
  double max() default Double.POSITIVE_INFINITY;

  /** The numbers it takes are below this one. */
  double below() default Double.POSITIVE_INFINITY;
}
