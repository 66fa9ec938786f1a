package dev.taskstop.spring;

import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Problem details for the callers of a web application, chosen by {@code taskstop.problem-details.enabled=true}. */
@Configuration(proxyBeanMethods = false)
@Conditional(BoundConditions.ProblemDetails.class)
@ConditionalOnClass({ProblemDetail.class, RestControllerAdvice.class})
@ConditionalOnWebApplication
class ProblemDetailsConfiguration {

    @Bean
    @ConditionalOnMissingBean
    TaskProblems taskProblems() {
        return new TaskProblems();
    }
}
