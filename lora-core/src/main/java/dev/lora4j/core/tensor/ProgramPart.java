package dev.lora4j.core.tensor;

import java.util.List;

/**
 * A part of a program between two borders, which can run as a native call of its own.
 *
 * @param begin position of its first statement
 * @param end position after its last statement
 * @param inputs positions of the program's inputs that it takes
 * @param taken values of earlier parts that it takes, by their variables
 * @param held positions of the held inputs that it takes
 * @param sizes statements of earlier parts that read sizes which it uses, to run before its own
 * @param given values that later parts take, by their variables
 */
record ProgramPart(
    int begin,
    int end,
    List<Integer> inputs,
    List<String> taken,
    List<Integer> held,
    List<String> sizes,
    List<String> given) {}
