/** The rules that hold for every module's classes, and the proof that each rule fails where it should. Nothing lists modules: the parent pom names them. */
@NullMarked
package dev.casebook.benchmarks.architecture;

import org.jspecify.annotations.NullMarked;
