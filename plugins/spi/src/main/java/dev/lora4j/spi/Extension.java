package dev.lora4j.spi;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a class known under a name: an extension.
 *
 * <p>The class is public and is either a record, whose components are its {@linkplain Setting
 * settings}, or has a public constructor without parameters. It is listed in {@code
 * META-INF/services} under the name of its point; the annotation processor of {@code lora4j-spi}
 * writes that, and the index from which extensions are listed without running their code.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Extension {
  /** The extension point: an interface that the class implements. */
  Class<?> point();

  /**
   * The name, unique at the point; it is written into files and requests, so it never changes.
   * Letters, digits, {@code -}, {@code _} and {@code .}, at most 64.
   */
  String name();

  /** Description in one line. */
  String help();

  /** True if the extension may still change or go without notice. */
  boolean experimental() default false;
}
